'use client';

import { type Repository, repository as repositorySchema } from '@breakwater/contract/resources';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, Pencil, TriangleAlert } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { fieldError } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { repositoryQuery } from '../api/queries/repositories.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat } from '../language/use-format.ts';
import { Button } from '../primitives/button.tsx';
import { Checkbox } from '../primitives/checkbox.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';
import { checkPlan, planDraftOf } from './care-draft.ts';
import { readingOf } from './copy-care.ts';

/** What is done for the repository by itself, in words, and how to change it. */
export function PlanPanel({ repository }: { repository: Repository }) {
  const t = useTranslations('repositories.plan');
  const may = useMay('care-repositories');
  const [editing, setEditing] = useState(false);
  const { care } = repository;
  return (
    <Panel
      title={t('title')}
      actions={
        may && (
          <Button size="sm" icon={Pencil} onClick={() => setEditing(true)}>
            {t('edit')}
          </Button>
        )
      }
    >
      <p className="flex items-start gap-2">
        {care.enabled ? (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
        ) : (
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        )}
        <span className={care.enabled ? undefined : 'text-warn'}>
          {care.enabled
            ? t('sentence', { prune: care.pruneEveryDays, check: care.checkEveryByteDays })
            : t('off')}
        </span>
      </p>
      {care.enabled && (
        <div className="mt-2">
          <Reading repository={repository} everyDays={care.checkEveryByteDays} />
        </div>
      )}
      <Dialog open={editing} onOpenChange={setEditing} title={t('editTitle')}>
        <PlanForm repository={repository} close={() => setEditing(false)} />
      </Dialog>
    </Panel>
  );
}

/** What the plan, as it is typed, reads of the copies. Nothing while none has data. */
function Reading({ repository, everyDays }: { repository: Repository; everyDays: number }) {
  const t = useTranslations('repositories.plan');
  const format = useFormat();
  const bytes = repository.copies.reduce((sum, copy) => sum + copy.bytes, 0);
  if (bytes === 0) return null;
  const { day, week, month } = readingOf(bytes, everyDays);
  return (
    <p aria-live="polite" className="text-sm text-ink-muted">
      {t('reading', {
        copies: repository.copies.length,
        day: format.bytes(day),
        week: format.bytes(week),
        month: format.bytes(month),
      })}
    </p>
  );
}

function PlanForm({ repository, close }: { repository: Repository; close: () => void }) {
  const t = useTranslations('repositories.plan');
  const common = useTranslations('common.action');
  const problemText = useProblemText();
  const client = useQueryClient();
  const formId = useId();
  const [draft, setDraft] = useState(() => planDraftOf(repository.care));
  const check = checkPlan(draft);
  const wrong = check.ok ? [] : check.wrong;
  const save = useMutation({
    mutationFn: (care: Repository['care']) =>
      apiSend('PATCH', `/repositories/${encodeURIComponent(repository.id)}`, { care }, repositorySchema),
    onSuccess: (changed) => {
      client.setQueryData(repositoryQuery(repository.id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ['retention'] });
      toast.done(t('saved'));
      close();
    },
  });
  const problemOf = (field: 'pruneEveryDays' | 'checkEveryByteDays') =>
    wrong.includes(field) ? t('days') : fieldError(save.error, `care.${field}`);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (check.ok) save.mutate(check.plan);
  }
  return (
    <form id={formId} noValidate onSubmit={submit} className="grid gap-4">
      <Checkbox
        checked={draft.enabled}
        hint={t('enabledHint')}
        onChange={(enabled) => setDraft({ ...draft, enabled })}
      >
        {t('enabled')}
      </Checkbox>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('prune')} hint={t('pruneHint')} error={problemOf('pruneEveryDays')}>
          <Input
            inputMode="numeric"
            maxLength={3}
            autoComplete="off"
            value={draft.pruneEveryDays}
            onChange={(event) => setDraft({ ...draft, pruneEveryDays: event.currentTarget.value })}
          />
        </Field>
        <Field label={t('check')} hint={t('checkHint')} error={problemOf('checkEveryByteDays')}>
          <Input
            inputMode="numeric"
            maxLength={3}
            autoComplete="off"
            value={draft.checkEveryByteDays}
            onChange={(event) => setDraft({ ...draft, checkEveryByteDays: event.currentTarget.value })}
          />
        </Field>
      </div>
      {check.ok && check.plan.enabled && (
        <Reading repository={repository} everyDays={check.plan.checkEveryByteDays} />
      )}
      {save.error !== null && (
        <p role="alert" className="text-bad">
          {problemText(save.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={close}>{common('cancel')}</Button>
        <Button type="submit" tone="primary" busy={save.isPending} disabled={!check.ok}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
}
