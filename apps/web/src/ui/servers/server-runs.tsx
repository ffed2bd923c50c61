'use client';

import type { Agent } from '@breakwater/contract/resources';
import type { Run } from '@breakwater/contract/run';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { runsQuery } from '../api/queries/runs.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { RunStatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Duration } from '../primitives/values.tsx';
import { runShare } from '../shell/run-share.ts';

/** This server's runs, newest first; the whole story is on the Runs page. */
export function ServerRuns({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.runs');
  const kinds = useTranslations('common.kind');
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    runsQuery({ sourceAddress: agent.address }),
  );
  const runs = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const columns = useMemo(
    (): readonly Column<Run>[] => [
      {
        id: 'created',
        header: t('when'),
        cell: (run) => <RelativeTime at={run.startedAt ?? run.createdAt} />,
      },
      { id: 'kind', header: t('kind'), cell: (run) => kinds(run.kind) },
      { id: 'task', header: t('task'), cell: (run) => run.taskName ?? '—' },
      {
        id: 'state',
        header: t('state'),
        phoneWide: true,
        cell: (run) =>
          run.state === 'running' ? (
            <span className="flex items-center gap-3">
              <RunStatePill state={run.state} quiet />
              <ProgressBar className="w-24" value={runShare(run)} label={kinds(run.kind)} />
            </span>
          ) : (
            <RunStatePill state={run.state} quiet why={run} />
          ),
      },
      { id: 'node', header: t('node'), cell: (run) => run.placement?.chosen.nodeName ?? '—' },
      {
        id: 'stored',
        header: t('stored'),
        align: 'end',
        cell: (run) => <Bytes value={run.stats?.bytesStored ?? run.stats?.bytesRestored ?? null} />,
      },
      {
        id: 'duration',
        header: t('duration'),
        align: 'end',
        cell: (run) => <Duration seconds={run.stats?.durationSeconds ?? null} />,
      },
    ],
    [t, kinds],
  );
  return (
    <Panel
      flush
      title={t('title')}
      actions={
        <ButtonLink size="sm" tone="quiet" href={`/runs?server=${encodeURIComponent(agent.address)}`}>
          {t('all')}
        </ButtonLink>
      }
    >
      <DataTable
        bare
        serverSide
        name="server-runs"
        label={t('title')}
        columns={columns}
        rows={runs}
        rowId={(run) => run.id}
        rowHref={(run) => `/runs/${run.id}`}
        error={error}
        retry={() => void refetch()}
        more={{ has: hasNextPage, loading: isFetchingNextPage, load: () => void fetchNextPage() }}
        empty={<EmptyState icon={Activity} title={t('emptyTitle')} body={t('emptyBody')} />}
      />
    </Panel>
  );
}
