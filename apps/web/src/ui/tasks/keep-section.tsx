'use client';

import clsx from 'clsx';
import { useTranslations } from 'use-intl';
import { controlClass } from '../primitives/input.tsx';
import { Field } from '../primitives/field.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Select } from '../primitives/select.tsx';
import {
  type KeepCheck,
  type KeepDraft,
  type KeepRule,
  checkKeep,
  choosePreset,
  keepPresets,
  keepRules,
} from './keep-draft.ts';
import { RetentionPreview } from './retention-preview.tsx';
import type { TaskDraft } from './task-draft.ts';
import type { FieldTexts } from './task-form.tsx';

/** How long snapshots are kept; for a task that has some, which of them would stay. */
export function KeepSection(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  texts: FieldTexts;
  taskId: string | null;
}) {
  const { draft, change, texts } = props;
  const t = useTranslations('tasks.keep');
  const { keep } = draft;
  const check = checkKeep(keep);
  return (
    <Panel title={t('title')}>
      <div className="grid gap-4">
        <Field label={t('policy')} className="sm:w-[calc(50%-0.5rem)]">
          <Select
            value={keep.preset}
            options={keepPresets.map((preset) => ({
              value: preset,
              label: t(`preset.${preset}`),
              hint: t(`presetHint.${preset}`),
            }))}
            onChange={(preset) => change({ keep: choosePreset(keep, preset) })}
          />
        </Field>
        {keep.preset === 'own' && (
          <OwnRules
            keep={keep}
            check={check}
            problem={texts.retention}
            change={(next) => change({ keep: next })}
          />
        )}
        {keep.preset !== 'everything' && <p className="text-sm text-ink-muted">{t('forgetHint')}</p>}
        {props.taskId !== null && check.ok && (
          <RetentionPreview taskId={props.taskId} retention={check.retention} />
        )}
      </div>
    </Panel>
  );
}

/** A row for each kind of snapshot: how many of them, and all of them within how long. */
function OwnRules(props: {
  keep: KeepDraft;
  check: KeepCheck;
  problem: string | undefined;
  change: (keep: KeepDraft) => void;
}) {
  const { keep, check } = props;
  const t = useTranslations('tasks.keep');
  const set = (rule: KeepRule, text: string) =>
    props.change({ ...keep, rules: { ...keep.rules, [rule]: text } });
  const wrong = check.ok ? [] : check.wrong;
  const none = !check.ok && wrong.length === 0;
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{t('rules')}</legend>
      <div className="grid max-w-lg grid-cols-[auto_minmax(0,1fr)_minmax(0,1fr)] items-center gap-x-3 gap-y-2">
        <span />
        <span aria-hidden className="text-sm text-ink-muted">
          {t('column.count')}
        </span>
        <span aria-hidden className="text-sm text-ink-muted">
          {t('column.span')}
        </span>
        {keepRules.map(({ name, count, span }) => (
          <div key={name} className="contents">
            <span aria-hidden className="text-sm">
              {t(`kind.${name}`)}
            </span>
            <RuleInput
              label={t('countOf', { kind: t(`kind.${name}`) })}
              value={keep.rules[count] ?? ''}
              wrong={wrong.includes(count)}
              numeric
              onChange={(text) => set(count, text)}
            />
            <RuleInput
              label={t('spanOf', { kind: t(`kind.${name}`) })}
              value={keep.rules[span] ?? ''}
              wrong={wrong.includes(span)}
              onChange={(text) => set(span, text)}
            />
          </div>
        ))}
      </div>
      <p className="mt-2 text-sm text-ink-muted">{t('rulesHint')}</p>
      <p role="status" className="text-sm text-bad empty:hidden">
        {none ? t('noRule') : wrong.length > 0 ? t('wrongRules') : props.problem}
      </p>
    </fieldset>
  );
}

function RuleInput(props: {
  label: string;
  value: string;
  wrong: boolean;
  numeric?: boolean;
  onChange: (text: string) => void;
}) {
  const numeric = props.numeric === true;
  return (
    <input
      aria-label={props.label}
      aria-invalid={props.wrong || undefined}
      value={props.value}
      inputMode={numeric ? 'numeric' : 'text'}
      maxLength={numeric ? 6 : 40}
      placeholder="—"
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      className={clsx(controlClass, 'h-8 max-sm:h-10', numeric ? 'tabular-nums' : 'font-mono')}
    />
  );
}
