'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { snapshotsQuery } from '../api/queries/snapshots.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Select } from '../primitives/select.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import { repositoryName } from '../repositories/repository-name.ts';
import { SnapshotView } from './snapshot-view.tsx';
import { Timeline } from './timeline.tsx';

const ALL = 'all-servers';
const ONE_REPOSITORY = 'one repository';

/** `/snapshots?server=ADDRESS&repository=ID&snapshot=ID`: a timeline, the files of one moment, and what to restore of them. */
export function SnapshotsPage() {
  const t = useTranslations('snapshots');
  const url = useUrlState();
  const server = url.get('server');
  const repositoryId = url.get('repository');
  const list = useInfiniteQuery(snapshotsQuery({ sourceAddress: server, repositoryId }));
  const snapshots = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const chosen = url.get('snapshot') ?? snapshots?.[0]?.id ?? null;
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={<ServerChoice server={server} repositoryId={repositoryId} />}
      />
      {snapshots === undefined ? (
        <Panel flush>
          {list.error === null ? (
            <Waiting />
          ) : (
            <ErrorState error={list.error} retry={() => void list.refetch()} />
          )}
        </Panel>
      ) : snapshots.length === 0 && chosen === null ? (
        <Panel>
          <NoSnapshots server={server} showAll={() => url.set({ server: null, repository: null })} />
        </Panel>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[17rem_minmax(0,1fr)]">
          <Timeline
            snapshots={snapshots}
            chosen={chosen}
            withServer={server === null}
            onChoose={(id) => url.set({ snapshot: id })}
            more={{
              has: list.hasNextPage,
              loading: list.isFetchingNextPage,
              load: () => void list.fetchNextPage(),
            }}
          />
          {chosen !== null && <SnapshotView key={chosen} snapshotId={chosen} />}
        </div>
      )}
    </>
  );
}

function ServerChoice({ server, repositoryId }: { server: string | null; repositoryId: string | null }) {
  const t = useTranslations('snapshots');
  const url = useUrlState();
  const { data: agents } = useQuery(agentsQuery);
  const addresses = new Set(agents?.filter((agent) => agent.role === 'source').map((agent) => agent.address));
  // A server that is gone is the very one whose snapshots are looked for.
  if (server !== null) addresses.add(server);
  return (
    <Select
      label={t('server')}
      className="!w-auto min-w-48"
      value={repositoryId === null ? (server ?? ALL) : ONE_REPOSITORY}
      onChange={(value) => {
        if (value === ONE_REPOSITORY) return;
        url.set({ server: value === ALL ? null : value, repository: null, snapshot: null });
      }}
      options={[
        { value: ALL, label: t('allServers') },
        ...(repositoryId === null
          ? []
          : [{ value: ONE_REPOSITORY, label: t('ofRepository', { name: repositoryName(repositoryId) }) }]),
        ...[...addresses].sort().map((value) => ({ value, label: value })),
      ]}
    />
  );
}

function NoSnapshots({ server, showAll }: { server: string | null; showAll: () => void }) {
  const t = useTranslations('snapshots.empty');
  return (
    <EmptyState
      icon={Archive}
      title={t('title')}
      body={server === null ? t('body') : t('bodyServer', { server })}
      action={
        <>
          {server !== null && <Button onClick={showAll}>{t('showAll')}</Button>}
          <ButtonLink tone="primary" href="/tasks">
            {t('action')}
          </ButtonLink>
        </>
      }
    />
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3 p-4">
      <Skeleton className="h-5 w-48" />
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-10 w-full" />
    </div>
  );
}
