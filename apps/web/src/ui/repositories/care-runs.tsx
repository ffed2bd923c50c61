'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Eraser, Scissors, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useMay } from '../api/use-session.ts';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Select } from '../primitives/select.tsx';
import { useRetentionWords } from '../tasks/use-retention-words.ts';
import {
  checkInput,
  pruneInput,
  type ReadChoice,
  readChoices,
  type UnusedChoice,
  unusedChoices,
} from './care-draft.ts';
import { useStartCare } from './use-start-care.ts';

interface Asking {
  repository: Repository;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const ANY = 'any';

/** Check, prune and forget at once, each after a question; the answer leads to the live run. */
export function CareRuns({ repository }: { repository: Repository }) {
  const t = useTranslations('repositories.run');
  const may = useMay('care-repositories');
  const [asking, setAsking] = useState<'check' | 'prune' | 'forget' | null>(null);
  if (!may || repository.copies.length === 0) return null;
  const asked = (kind: typeof asking): Asking => ({
    repository,
    open: asking === kind,
    onOpenChange: (open) => setAsking(open ? kind : null),
  });
  return (
    <>
      <Button size="sm" icon={ShieldCheck} onClick={() => setAsking('check')}>
        {t('check')}
      </Button>
      <Button size="sm" icon={Scissors} onClick={() => setAsking('prune')}>
        {t('prune')}
      </Button>
      <Button size="sm" icon={Eraser} onClick={() => setAsking('forget')}>
        {t('forget')}
      </Button>
      <AskCheck {...asked('check')} />
      <AskPrune {...asked('prune')} />
      <AskForget {...asked('forget')} />
    </>
  );
}

function AskCheck({ repository, ...dialog }: Asking) {
  const t = useTranslations('repositories.run');
  const start = useStartCare(repository.id);
  const [nodeId, setNodeId] = useState<string | null>(null);
  const [read, setRead] = useState<ReadChoice>('structure');
  return (
    <ConfirmDialog
      {...dialog}
      tone="primary"
      title={t('checkTitle')}
      confirmLabel={t('start')}
      onConfirm={() => start(checkInput(nodeId, read))}
      body={
        <div className="grid gap-4">
          <p>{t('checkBody')}</p>
          <CopyChoice repository={repository} nodeId={nodeId} onChange={setNodeId} />
          <Field label={t('what')} className="text-ink">
            <Select
              value={read}
              options={readChoices.map((value) => ({ value, label: t(value), hint: t(`${value}Hint`) }))}
              onChange={setRead}
            />
          </Field>
        </div>
      }
    />
  );
}

function AskPrune({ repository, ...dialog }: Asking) {
  const t = useTranslations('repositories.run');
  const start = useStartCare(repository.id);
  const [nodeId, setNodeId] = useState<string | null>(null);
  const [unused, setUnused] = useState<UnusedChoice>('usual');
  const words = { usual: 'unusedUsual', none: 'unusedNone', any: 'unusedAny' } as const;
  return (
    <ConfirmDialog
      {...dialog}
      title={t('pruneTitle')}
      confirmLabel={t('prune')}
      onConfirm={() => start(pruneInput(nodeId, unused))}
      body={
        <div className="grid gap-4">
          <p>{t('pruneBody')}</p>
          <CopyChoice repository={repository} nodeId={nodeId} onChange={setNodeId} />
          <Field label={t('unused')} className="text-ink">
            <Select
              value={unused}
              options={unusedChoices.map((value) => ({
                value,
                label: t(words[value]),
                hint: t(`${words[value]}Hint`),
              }))}
              onChange={setUnused}
            />
          </Field>
        </div>
      }
    />
  );
}

function AskForget({ repository, ...dialog }: Asking) {
  const t = useTranslations('repositories.run');
  const start = useStartCare(repository.id);
  const words = useRetentionWords();
  const { data: tasks = [] } = useQuery(tasksQuery);
  const its = tasks.filter(
    (task) =>
      task.retention !== null &&
      (task.repositoryId === null
        ? task.sourceAddress === repository.sourceAddress
        : task.repositoryId === repository.id),
  );
  return (
    <ConfirmDialog
      {...dialog}
      title={t('forgetTitle')}
      confirmLabel={t('forget')}
      onConfirm={() => start({ kind: 'forget' })}
      body={
        <>
          <p>{t('forgetBody')}</p>
          {its.length === 0 ? (
            <p className="mt-3 text-warn">{t('forgetKeepsAll')}</p>
          ) : (
            <>
              <p className="mt-3">{t('forgetRules')}</p>
              <ul className="mt-1 list-disc pl-5 text-ink">
                {its.map((task) => (
                  <li key={task.id}>{t('taskKeeps', { task: task.name, rules: words(task.retention) })}</li>
                ))}
              </ul>
            </>
          )}
        </>
      }
    />
  );
}

function CopyChoice(props: {
  repository: Repository;
  nodeId: string | null;
  onChange: (nodeId: string | null) => void;
}) {
  const t = useTranslations('repositories.run');
  return (
    <Field label={t('copy')} className="text-ink">
      <Select
        value={props.nodeId ?? ANY}
        options={[
          { value: ANY, label: t('anyCopy') },
          ...props.repository.copies.map((copy) => ({
            value: copy.nodeId,
            label: copy.nodeName,
            hint: t(copy.online ? 'online' : 'offline'),
          })),
        ]}
        onChange={(value) => props.onChange(value === ANY ? null : value)}
      />
    </Field>
  );
}
