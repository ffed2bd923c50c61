'use client';

import type { RunDetail } from '@breakwater/contract/run';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { repositoryName } from '../repositories/repository-name.ts';
import { SnapshotLink } from './snapshot-link.tsx';

const linkClass = 'text-accent hover:underline';

/** Where the run comes from and where it belongs. */
export function RunFacts({ run }: { run: RunDetail }) {
  const t = useTranslations('runs');
  const { data: nodes = [] } = useQuery({ ...storageNodesQuery, enabled: run.replication !== null });
  const facts: { name: string; value: ReactNode }[] = [];
  if (run.sourceAddress !== null) {
    facts.push({
      name: t('page.server'),
      value: (
        <Link className={linkClass} href={`/runs?server=${encodeURIComponent(run.sourceAddress)}`}>
          {run.sourceAddress}
        </Link>
      ),
    });
  }
  if (run.taskId !== null) {
    facts.push({
      name: t('page.ofTask'),
      value: (
        <Link className={linkClass} href={`/tasks/${run.taskId}`}>
          {run.taskName}
        </Link>
      ),
    });
  }
  if (run.restore !== null) {
    facts.push(
      { name: t('page.from'), value: <SnapshotLink run={run} snapshotId={run.restore.snapshotId} /> },
      { name: t('page.target'), value: <code className="break-all">{run.restore.targetPath}</code> },
    );
  } else if (run.snapshotId !== null) {
    facts.push({ name: t('page.snapshot'), value: <SnapshotLink run={run} snapshotId={run.snapshotId} /> });
  }
  if (run.replication !== null) {
    const nameOf = (id: string | null) => nodes.find((node) => node.id === id)?.name ?? '–';
    facts.push(
      { name: t('page.fetchedFrom'), value: nameOf(run.replication.sourceId) },
      { name: t('page.fetchedTo'), value: nameOf(run.replication.nodeId) },
    );
  }
  if (run.repositoryId !== null) {
    facts.push({
      name: t('page.repository'),
      value: (
        <Link className={linkClass} href={`/repositories/${run.repositoryId}`}>
          <code title={run.repositoryId}>{repositoryName(run.repositoryId)}</code>
        </Link>
      ),
    });
  }
  facts.push({ name: t('page.trigger'), value: t(`trigger.${run.trigger}`) });
  if (run.startedAt === null) {
    facts.push({ name: t('page.queued'), value: <RelativeTime at={run.createdAt} /> });
  } else facts.push({ name: t('page.started'), value: <RelativeTime at={run.startedAt} /> });
  if (run.endedAt !== null) facts.push({ name: t('page.ended'), value: <RelativeTime at={run.endedAt} /> });
  if (run.attempt > 1) facts.push({ name: t('page.attempt'), value: run.attempt });
  return (
    <Panel>
      <FactList facts={facts} />
    </Panel>
  );
}
