'use client';

import type { Agent, Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, Database } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { repositoryQuery } from '../api/queries/repositories.ts';
import { useMay } from '../api/use-session.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Count } from '../primitives/values.tsx';
import { RecoveryKit } from './recovery-kit.tsx';

type Copy = Repository['copies'][number];

/** Where this server's backups are, and what is needed to read them when nothing else is left. */
export function ServerRepository({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.repository');
  const mayKit = useMay('recovery-kits');
  const {
    data: repository,
    error,
    refetch,
  } = useQuery({
    ...repositoryQuery(agent.repositoryId ?? ''),
    enabled: agent.repositoryId !== null,
  });
  if (agent.repositoryId === null) {
    return (
      <Panel>
        <EmptyState icon={Database} title={t('emptyTitle')} body={t('emptyBody')} />
      </Panel>
    );
  }
  if (repository === undefined) {
    return error === null ? (
      <Skeleton className="h-72 rounded-lg" />
    ) : (
      <ErrorState error={error} retry={() => void refetch()} />
    );
  }
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-4">
        <Copies copies={repository.copies} />
        {mayKit && <RecoveryKit repository={repository} server={agent.address} />}
      </div>
      <Panel title={t('title')}>
        <FactList
          facts={[
            { name: t('snapshots'), value: <Count value={repository.snapshotCount} /> },
            {
              name: t('newest'),
              value: <RelativeTime at={repository.lastSnapshotAt} never={t('noSnapshot')} />,
            },
            { name: t('created'), value: <RelativeTime at={repository.createdAt} /> },
            { name: t('format'), value: t('formatValue') },
            { name: t('id'), value: <code className="break-all">{repository.id}</code> },
          ]}
        />
      </Panel>
    </div>
  );
}

function Copies({ copies }: { copies: readonly Copy[] }) {
  const t = useTranslations('servers.repository');
  const states = useTranslations('common.state');
  const columns = useMemo(
    (): readonly Column<Copy>[] => [
      { id: 'node', header: t('node'), value: (copy) => copy.nodeName, cell: (copy) => copy.nodeName },
      {
        id: 'online',
        header: t('state'),
        cell: (copy) => (
          <StatePill
            quiet
            tone={copy.online ? 'ok' : 'bad'}
            icon={copy.online ? CircleCheck : CircleX}
            label={states(copy.online ? 'online' : 'offline')}
          />
        ),
      },
      {
        id: 'newest',
        header: t('holdsNewest'),
        cell: (copy) => (copy.holdsNewest ? t('yes') : <span className="text-ink-faint">{t('no')}</span>),
      },
      {
        id: 'snapshots',
        header: t('snapshots'),
        align: 'end',
        value: (copy) => copy.snapshots,
        cell: (copy) => <Count value={copy.snapshots} />,
      },
      {
        id: 'bytes',
        header: t('bytes'),
        align: 'end',
        value: (copy) => copy.bytes,
        cell: (copy) => <Bytes value={copy.bytes} />,
      },
      {
        id: 'written',
        header: t('written'),
        cell: (copy) => <RelativeTime at={copy.lastWriteAt} never={t('noSnapshot')} />,
      },
    ],
    [t, states],
  );
  return (
    <Panel flush title={t('copies')} description={t('copiesHint')}>
      <DataTable
        bare
        name="copies"
        label={t('copies')}
        columns={columns}
        rows={copies}
        rowId={(copy) => copy.nodeId}
        empty={<p className="p-4 text-ink-muted">{t('noCopies')}</p>}
      />
    </Panel>
  );
}
