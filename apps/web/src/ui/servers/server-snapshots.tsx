'use client';

import type { Agent, Snapshot } from '@breakwater/contract/resources';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { snapshotsQuery } from '../api/queries/snapshots.ts';
import { useFormat } from '../language/use-format.ts';
import { Badge } from '../primitives/badge.tsx';
import { ButtonLink } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Count } from '../primitives/values.tsx';

/** This server's snapshots, newest first; browsing and restoring is on the Snapshots page. */
export function ServerSnapshots({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.snapshots');
  const format = useFormat();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    snapshotsQuery({ sourceAddress: agent.address }),
  );
  const snapshots = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const browseHref = `/snapshots?server=${encodeURIComponent(agent.address)}`;
  const columns = useMemo(
    (): readonly Column<Snapshot>[] => [
      {
        id: 'time',
        header: t('time'),
        cell: (snapshot) => (
          <span className="inline-flex items-center gap-2">
            <time dateTime={snapshot.recordedAt}>{format.dateTime(snapshot.recordedAt)}</time>
            {snapshot.partial && <Badge tone="warn">{t('partial')}</Badge>}
          </span>
        ),
      },
      { id: 'id', header: t('id'), cell: (snapshot) => <code>{snapshot.id.slice(0, 8)}</code> },
      { id: 'task', header: t('task'), cell: (snapshot) => snapshot.taskName ?? '—' },
      {
        id: 'files',
        header: t('files'),
        align: 'end',
        cell: (snapshot) => <Count value={snapshot.files} />,
      },
      {
        id: 'bytes',
        header: t('bytes'),
        align: 'end',
        cell: (snapshot) => <Bytes value={snapshot.bytes} />,
      },
      {
        id: 'stored',
        header: t('stored'),
        align: 'end',
        cell: (snapshot) => <Bytes value={snapshot.storedBytes} />,
      },
      {
        id: 'copies',
        header: t('copies'),
        cell: (snapshot) =>
          snapshot.copies.length === 0 ? '—' : snapshot.copies.map((c) => c.nodeName).join(', '),
      },
    ],
    [t, format],
  );
  return (
    <Panel
      flush
      title={t('title')}
      actions={
        <ButtonLink size="sm" tone="quiet" href={browseHref}>
          {t('browse')}
        </ButtonLink>
      }
    >
      <DataTable
        bare
        serverSide
        name="server-snapshots"
        label={t('title')}
        columns={columns}
        rows={snapshots}
        rowId={(snapshot) => snapshot.id}
        rowHref={(snapshot) => `${browseHref}&snapshot=${snapshot.id}`}
        error={error}
        retry={() => void refetch()}
        more={{ has: hasNextPage, loading: isFetchingNextPage, load: () => void fetchNextPage() }}
        empty={<EmptyState icon={Archive} title={t('emptyTitle')} body={t('emptyBody')} />}
      />
    </Panel>
  );
}
