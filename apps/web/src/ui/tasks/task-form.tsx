'use client';

import type { Agent, StorageNode } from '@breakwater/contract/resources';
import type { Task } from '@breakwater/contract/task';
import { CircleAlert } from 'lucide-react';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { useMay } from '../api/use-session.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { CommandsSection } from './commands-section.tsx';
import { KeepSection } from './keep-section.tsx';
import {
  checkDraft,
  type DraftField,
  draftOf,
  emptyDraft,
  nameParts,
  placeFieldErrors,
  type TaskDraft,
} from './task-draft.ts';
import { TaskSummary } from './task-summary.tsx';
import { usePreviewWords } from './use-preview-words.ts';
import { type SaveTask, useSaveTask } from './use-save-task.ts';
import { WhatSection } from './what-section.tsx';
import { WhenSection } from './when-section.tsx';
import { WhereSection } from './where-section.tsx';

/** The error text of each field of the form that has one. */
export type FieldTexts = Partial<Record<DraftField, string>>;

/** One page for a task, new or known: what, when, where, a name; at the side what it will do, in plain words. */
export function TaskForm(props: {
  task: Task | null;
  agents: readonly Agent[];
  nodes: readonly StorageNode[];
  /** Preselected server of a new task. */
  address: string | null;
  /** Preselected repository of a new task: null for the server's own. */
  repositoryId?: string | null;
}) {
  const { task, agents, nodes } = props;
  const t = useTranslations('tasks.form');
  const common = useTranslations('common');
  const mayRun = useMay('run-tasks');
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<TaskDraft>(() => {
    const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (task !== null) return draftOf(task, ownZone);
    const empty = emptyDraft(firstServer(agents, props.address), ownZone);
    return { ...empty, repositoryId: props.repositoryId ?? null };
  });
  const [tried, setTried] = useState(false);
  const save = useSaveTask(task);

  const agent = agents.find((one) => one.address === draft.sourceAddress) ?? null;
  const suggestedName = useSuggestedName(draft);
  const preview = usePreviewWords(
    agent,
    draft.paths,
    draft.excludes.filter((line) => line.trim() !== ''),
  );
  const check = useMemo(() => checkDraft(draft, suggestedName), [draft, suggestedName]);
  const refusal = save.error instanceof ApiProblem ? placeFieldErrors(save.error.errors) : null;

  const texts: FieldTexts = {};
  for (const [field, error] of Object.entries(refusal?.byField ?? {})) {
    texts[field as DraftField] = common('error.expected', { expected: error.expected });
  }
  if (tried && !check.ok) {
    for (const [field, problem] of Object.entries(check.problems)) texts[field as DraftField] = t(problem);
  }

  const change = (part: Partial<TaskDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    if (save.error !== null) save.reset();
  };

  function submit(then: SaveTask['then']): void {
    setTried(true);
    if (check.ok) save.mutate({ input: check.input, then });
    else requestAnimationFrame(() => focusFirstInvalid(form.current));
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit('show');
      }}
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]"
    >
      <div className="flex min-w-0 flex-col gap-4">
        <FormProblem error={save.error} tried={tried && !check.ok} others={refusal?.others ?? []} />
        <WhatSection
          draft={draft}
          change={change}
          texts={texts}
          agents={agents}
          agent={agent}
          fixedServer={task !== null}
          preview={preview}
        />
        <CommandsSection draft={draft} change={change} texts={texts} agent={agent} />
        <WhenSection draft={draft} change={change} texts={texts} />
        <KeepSection draft={draft} change={change} texts={texts} taskId={task?.id ?? null} />
        <WhereSection
          draft={draft}
          change={change}
          texts={texts}
          nodes={nodes}
          fixedRepository={task !== null}
        />
        <Panel>
          <Field
            label={t('name')}
            optional
            hint={suggestedName === '' ? t('nameHintEmpty') : t('nameHint', { name: suggestedName })}
            error={texts.name}
          >
            <Input
              value={draft.name}
              maxLength={100}
              autoComplete="off"
              placeholder={suggestedName}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
          </Field>
        </Panel>
      </div>
      <aside className="flex flex-col gap-4 lg:sticky lg:top-17">
        <TaskSummary draft={draft} nodes={nodes} preview={preview} />
        <div className="flex flex-wrap gap-2 lg:flex-col lg:items-stretch">
          <Button type="submit" tone="primary" busy={save.isPending}>
            {task === null ? t('create') : t('save')}
          </Button>
          {task === null && mayRun && (
            <Button busy={save.isPending} onClick={() => submit('run')}>
              {t('createAndRun')}
            </Button>
          )}
          <ButtonLink tone="quiet" href={task === null ? '/tasks' : `/tasks/${task.id}`}>
            {common('action.cancel')}
          </ButtonLink>
        </div>
      </aside>
    </form>
  );
}

function firstServer(agents: readonly Agent[], wanted: string | null): string | null {
  const known = agents.find((agent) => agent.address === wanted);
  return known?.address ?? (agents.length === 1 ? (agents[0]?.address ?? null) : null);
}

function useSuggestedName(draft: TaskDraft): string {
  const t = useTranslations('tasks.form');
  const parts = nameParts(draft);
  if (parts === null) return '';
  const values = { server: parts.server, paths: parts.first.join(', ') };
  const name =
    parts.more === 0 ? t('suggested', values) : t('suggestedMore', { ...values, more: String(parts.more) });
  return name.length <= 100 ? name : `${name.slice(0, 99)}…`;
}

function focusFirstInvalid(form: HTMLFormElement | null): void {
  const invalid = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid-group]');
  invalid?.scrollIntoView({ block: 'center' });
  invalid?.focus({ preventScroll: true });
}

function FormProblem(props: {
  error: Error | null;
  tried: boolean;
  others: readonly { field: string; given: string; expected: string }[];
}) {
  const t = useTranslations('tasks.form');
  const problemText = useProblemText();
  const { error, others } = props;
  if (error === null && !props.tried) return null;
  return (
    <div
      role="alert"
      className="flex items-start gap-2 rounded-lg border border-bad-solid bg-bad-soft px-4 py-3 text-bad"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p>{error === null ? t('problems') : t('refused', { reason: problemText(error) })}</p>
        {others.length > 0 && (
          <ul className="mt-1 list-disc pl-4 text-sm">
            {others.map((one) => (
              <li key={`${one.field}:${one.given}`}>{t('otherField', one)}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
