'use client';

import type { Run } from '@breakwater/contract/run';
import { type ReactNode, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useNow } from '../live/use-now.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { RunStatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Count, Duration } from '../primitives/values.tsx';
import { completion, durationSeconds } from './run-figures.ts';
import { RunKindIcon } from './run-kind-icon.tsx';
import { useRunTitle } from './use-run-title.ts';

/** Runs as a table. `narrow` leaves out what the page around it already says (task and server). */
export function RunsTable(props: {
  name: string;
  runs: readonly Run[] | undefined;
  error?: unknown;
  retry?: () => void;
  empty: ReactNode;
  toolbar?: ReactNode;
  more?: { has: boolean; loading: boolean; load: () => void };
  narrow?: boolean;
}) {
  const { narrow = false } = props;
  const t = useTranslations('runs');
  const columns = useRunColumns(narrow);
  return (
    <DataTable
      name={props.name}
      label={t('label')}
      columns={columns}
      rows={props.runs}
      rowId={(run) => run.id}
      rowHref={(run) => `/runs/${run.id}`}
      error={props.error}
      {...(props.retry === undefined ? {} : { retry: props.retry })}
      empty={props.empty}
      toolbar={props.toolbar}
      bare={narrow}
      {...(props.more === undefined ? {} : { more: props.more })}
    />
  );
}

function useRunColumns(narrow: boolean): readonly Column<Run>[] {
  const t = useTranslations('runs');
  const states = useTranslations('common.state');
  const title = useRunTitle();
  return useMemo(() => {
    const state: Column<Run> = {
      id: 'state',
      header: t('column.state'),
      value: (run) => states(run.state),
      cell: (run) => <StateCell run={run} />,
    };
    const started: Column<Run> = {
      id: 'started',
      header: t('column.started'),
      value: (run) => Date.parse(run.startedAt ?? run.createdAt),
      cell: (run) => <RelativeTime at={run.startedAt ?? run.createdAt} className="whitespace-nowrap" />,
    };
    const what: Column<Run> = {
      id: 'what',
      header: t('column.what'),
      value: title,
      cell: (run) => <Title run={run} />,
    };
    const rest: Column<Run>[] = [
      {
        id: 'node',
        header: t('column.node'),
        value: nodeOf,
        cell: (run) => nodeOf(run) ?? <span className="text-ink-faint">—</span>,
      },
      {
        id: 'duration',
        header: t('column.duration'),
        align: 'end',
        value: (run) => durationSeconds(run, Date.parse(run.endedAt ?? run.createdAt)),
        cell: (run) => <Took run={run} />,
      },
      {
        id: 'size',
        header: t('column.size'),
        align: 'end',
        value: sizeOf,
        cell: (run) => <Size run={run} />,
      },
      {
        id: 'stored',
        header: t('column.stored'),
        align: 'end',
        hidden: narrow,
        phone: false,
        value: (run) => run.stats?.bytesStored ?? null,
        cell: (run) => <Bytes value={run.stats?.bytesStored ?? null} />,
      },
      {
        id: 'issues',
        header: t('column.issues'),
        align: 'end',
        hidden: true,
        value: (run) => run.issueCount,
        cell: (run) => <Count value={run.issueCount} />,
      },
      {
        id: 'trigger',
        header: t('column.trigger'),
        hidden: true,
        value: (run) => t(`trigger.${run.trigger}`),
        cell: (run) => t(`trigger.${run.trigger}`),
      },
    ];
    if (narrow) return [{ ...started, id: 'what', header: t('column.started') }, state, ...rest];
    const server: Column<Run> = {
      id: 'server',
      header: t('column.server'),
      value: (run) => run.sourceAddress,
      cell: (run) => run.sourceAddress ?? <span className="text-ink-faint">—</span>,
    };
    return [what, state, server, started, ...rest];
  }, [t, states, title, narrow]);
}

function nodeOf(run: Run): string | null {
  return run.progress?.nodeName ?? run.placement?.chosen.nodeName ?? null;
}

/** Bytes read, found unchanged, restored or freed. */
function sizeOf(run: Run): number | null {
  if (run.kind === 'forget') return null;
  if (run.kind === 'prune') return run.stats?.bytesFreed ?? null;
  return run.stats?.bytesProcessed ?? run.stats?.bytesRestored ?? run.progress?.bytesDone ?? null;
}

function Size({ run }: { run: Run }) {
  const t = useTranslations('runs.size');
  const format = useFormat();
  const words =
    run.kind === 'forget' && run.stats?.snapshotsForgotten !== undefined
      ? t('forgotten', { count: format.count(run.stats.snapshotsForgotten) })
      : run.kind === 'prune' && run.stats?.bytesFreed !== undefined
        ? t('freed', { bytes: format.bytes(run.stats.bytesFreed) })
        : null;
  return words === null ? <Bytes value={sizeOf(run)} /> : <span className="whitespace-nowrap">{words}</span>;
}

function Title({ run }: { run: Run }) {
  const kinds = useTranslations('common.kind');
  const title = useRunTitle();
  return (
    <span className="flex min-w-0 items-center gap-2">
      <RunKindIcon kind={run.kind} label={kinds(run.kind)} />
      <span className="truncate">{title(run)}</span>
    </span>
  );
}

function StateCell({ run }: { run: Run }) {
  const t = useTranslations('runs.progress');
  const format = useFormat();
  const share = completion(run);
  if (run.state !== 'running') return <RunStatePill state={run.state} quiet why={run} />;
  return (
    <span className="flex items-center gap-2">
      <RunStatePill state={run.state} quiet />
      <ProgressBar
        value={share.known ? share.fraction : null}
        label={t('label')}
        size="sm"
        className="w-16"
      />
      {share.known && (
        <span className="text-sm text-ink-muted">{format.percent(Math.min(share.fraction, 0.99))}</span>
      )}
    </span>
  );
}

function Took({ run }: { run: Run }) {
  return run.startedAt !== null && run.endedAt === null ? (
    <TakingTime run={run} />
  ) : (
    <Duration seconds={durationSeconds(run, 0)} />
  );
}

function TakingTime({ run }: { run: Run }) {
  const now = useNow(1000);
  return <Duration seconds={Math.round(durationSeconds(run, now) ?? 0)} />;
}
