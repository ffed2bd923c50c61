'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { repositoriesQuery } from '../api/queries/repositories.ts';
import { Field } from '../primitives/field.tsx';
import { Select } from '../primitives/select.tsx';
import { repositoryName } from '../repositories/repository-name.ts';
import type { TaskDraft } from './task-draft.ts';

/** A select has no value for "none": this is no repository's id. */
const OWN = '-';

/** Which repository the snapshots go to, where there is a choice: the server's own, or one that belongs to none. */
export function RepositoryChoice(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  error: string | undefined;
  /** A task that is there stays in its repository. */
  fixed: boolean;
}) {
  const { draft, change, error, fixed } = props;
  const t = useTranslations('tasks.form');
  const { data: repositories = [] } = useQuery(repositoriesQuery);
  const others = repositories.filter(
    ({ id, sourceAddress }) => sourceAddress === null || id === draft.repositoryId,
  );
  if (fixed ? draft.repositoryId === null : others.length === 0) return null;
  const own = repositories.find(
    ({ sourceAddress }) => sourceAddress !== null && sourceAddress === draft.sourceAddress,
  );
  const hintOf = ({ formatVersion, copies, snapshotCount }: Repository) =>
    formatVersion === 1
      ? t('repositoryVersion1')
      : t('repositoryHolds', {
          count: snapshotCount,
          nodes: copies.map(({ nodeName }) => nodeName).join(', '),
        });
  return (
    <Field label={t('repository')} hint={t(fixed ? 'repositoryFixed' : 'repositoryHint')} error={error}>
      <Select
        value={draft.repositoryId ?? OWN}
        disabled={fixed}
        options={[
          {
            value: OWN,
            label: t('ownRepository'),
            hint: own === undefined ? t('ownRepositoryNone') : repositoryName(own.id),
          },
          ...others.map((one) => ({ value: one.id, label: repositoryName(one.id), hint: hintOf(one) })),
        ]}
        onChange={(value) => change({ repositoryId: value === OWN ? null : value })}
      />
    </Field>
  );
}
