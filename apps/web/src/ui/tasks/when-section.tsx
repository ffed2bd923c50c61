'use client';

import { useLocale, useTranslations } from 'use-intl';
import { useNow } from '../live/use-now.ts';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Select } from '../primitives/select.tsx';
import { nextTimes } from './next-times.ts';
import { ZoneField } from './zone-field.tsx';
import {
  changeKind,
  clockText,
  cronOf,
  hourSteps,
  parseClock,
  type SchedulePreset,
} from './schedule-preset.ts';
import type { TaskDraft } from './task-draft.ts';
import type { FieldTexts } from './task-form.tsx';
import { weekdayName } from './use-schedule-words.ts';

const kinds = ['none', 'hourly', 'everyHours', 'daily', 'weekdays', 'weekly', 'monthly', 'cron'] as const;
type Kind = (typeof kinds)[number];

/** When the task runs, with the next five times, and what happens when the server is silent then. */
export function WhenSection(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  texts: FieldTexts;
}) {
  const { draft, change, texts } = props;
  const t = useTranslations('tasks.form');
  const { schedule } = draft;
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function changeTo(kind: Kind): void {
    if (kind === 'none') {
      change({ schedule: null });
      return;
    }
    const from: SchedulePreset = schedule?.preset ?? { kind: 'daily', hour: 2, minute: 0 };
    change({ schedule: { preset: changeKind(from, kind), timeZone: schedule?.timeZone ?? ownZone } });
  }
  return (
    <Panel title={t('when')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('schedule')} className="min-w-0">
          <Select
            value={schedule?.preset.kind ?? 'none'}
            options={kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            onChange={changeTo}
          />
        </Field>
        {schedule !== null && (
          <>
            <PresetFields
              preset={schedule.preset}
              change={(preset) => change({ schedule: { ...schedule, preset } })}
              problem={texts.cron}
            />
            <ZoneField
              zone={schedule.timeZone}
              change={(timeZone) => change({ schedule: { ...schedule, timeZone } })}
              problem={texts.timeZone}
            />
            <NextTimes schedule={schedule} />
          </>
        )}
        <Field label={t('silent')} error={texts.ifAgentSilent}>
          <Select
            value={draft.ifAgentSilent}
            options={[
              { value: 'stop', label: t('silentStop') },
              { value: 'wait', label: t('silentWait') },
            ]}
            onChange={(ifAgentSilent) => change({ ifAgentSilent })}
          />
        </Field>
      </div>
    </Panel>
  );
}

function PresetFields(props: {
  preset: SchedulePreset;
  change: (preset: SchedulePreset) => void;
  problem: string | undefined;
}) {
  const { preset, change, problem } = props;
  const t = useTranslations('tasks.form');
  const locale = useLocale();
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      value: String(from + index),
      label: String(from + index).padStart(from === 0 ? 2 : 1, '0'),
    }));

  if (preset.kind === 'cron') {
    return (
      <Field label={t('cron')} hint={t('cronHint')} error={problem}>
        <Input
          mono
          value={preset.cron}
          maxLength={100}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change({ kind: 'cron', cron: event.currentTarget.value })}
        />
      </Field>
    );
  }
  return (
    <>
      {preset.kind === 'everyHours' && (
        <Field label={t('step')}>
          <Select
            value={String(preset.hours)}
            options={hourSteps.map((hours) => ({
              value: String(hours),
              label: t('stepHours', { hours: String(hours) }),
            }))}
            onChange={(value) =>
              change({ ...preset, hours: hourSteps.find((one) => String(one) === value) ?? 6 })
            }
          />
        </Field>
      )}
      {preset.kind === 'weekly' && (
        <Field label={t('weekday')}>
          <Select
            value={String(preset.weekday)}
            options={[1, 2, 3, 4, 5, 6, 0].map((day) => ({
              value: String(day),
              label: weekdayName(day, locale),
            }))}
            onChange={(value) => change({ ...preset, weekday: Number(value) })}
          />
        </Field>
      )}
      {preset.kind === 'monthly' && (
        <Field label={t('day')} {...(preset.day > 28 ? { hint: t('dayHint') } : {})}>
          <Select
            value={String(preset.day)}
            options={numbers(1, 31)}
            onChange={(value) => change({ ...preset, day: Number(value) })}
          />
        </Field>
      )}
      {'hour' in preset ? (
        <Field label={t('time')} error={problem}>
          <Input
            type="time"
            value={clockText(preset.hour, preset.minute)}
            onChange={(event) => {
              const time = parseClock(event.currentTarget.value);
              if (time !== null) change({ ...preset, ...time });
            }}
          />
        </Field>
      ) : (
        <Field label={t('minute')} error={problem}>
          <Select
            value={String(preset.minute)}
            options={numbers(0, 59)}
            onChange={(value) => change({ ...preset, minute: Number(value) })}
          />
        </Field>
      )}
    </>
  );
}

function NextTimes({ schedule }: { schedule: { preset: SchedulePreset; timeZone: string } }) {
  const t = useTranslations('tasks.form');
  const locale = useLocale();
  const now = useNow(10_000);
  const cron = cronOf(schedule.preset);
  const next = nextTimes(cron, schedule.timeZone, 5, new Date(now));
  if (!next.ok) {
    // A wrong zone is already marked at its own field.
    if (next.reason === 'zone') return null;
    return (
      <p role="status" className="text-sm text-bad sm:col-span-2">
        {t('cronWrong', { message: next.message })}
      </p>
    );
  }
  const clock = new Intl.DateTimeFormat(locale, {
    timeZone: schedule.timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (
    <div className="sm:col-span-2">
      <p className="mb-1 text-sm font-medium">{t('next')}</p>
      {next.times.length === 0 ? (
        <p className="text-warn">{t('nextNone')}</p>
      ) : (
        <ol className="grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-x-6 gap-y-1">
          {next.times.map((time) => (
            <li key={time.getTime()} className="whitespace-nowrap">
              {clock.format(time)} <RelativeTime at={time.getTime()} className="text-sm text-ink-faint" />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
