'use client';

import type { RunDetail } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import { useQuery } from '@tanstack/react-query';
import { runQuery } from '../api/queries/runs.ts';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { isCareKind } from './care-kinds.ts';
import { RankingPanel } from './ranking-panel.tsx';
import { RunCommands } from './run-commands.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunHeader } from './run-header.tsx';
import { RunIssues } from './run-issues.tsx';
import { RunLog } from './run-log.tsx';
import { RunOutcome } from './run-outcome.tsx';
import { RunProgressPanel } from './run-progress-panel.tsx';
import { hasCurve } from './speed-curve.ts';
import { SpeedPanel } from './speed-panel.tsx';

/** One run, live while it goes on and whole afterwards. */
export function RunPage({ runId }: { runId: string }) {
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  if (run === undefined && error !== null) {
    return (
      <Panel>
        <ErrorState error={error} retry={() => void refetch()} />
      </Panel>
    );
  }
  if (run === undefined) return <RunSkeleton />;
  return <Known run={run} />;
}

function Known({ run }: { run: RunDetail }) {
  const ended = isFinal(run.state);
  const places = run.kind === 'backup';
  const curve = hasCurve(run.speedCurve);
  // What is done to a repository may move no bytes at all, and a forget moves none worth a curve.
  const curved = isCareKind(run.kind) ? curve && run.kind !== 'forget' : curve || !ended;
  return (
    <>
      <RunHeader run={run} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          {ended ? <RunOutcome run={run} /> : <RunProgressPanel run={run} />}
          <RunCommands run={run} />
          {curved && <SpeedPanel run={run} />}
          {places && <RankingPanel run={run} />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <RunFacts run={run} />
          <RunIssues run={run} />
          <RunLog run={run} />
        </div>
      </div>
    </>
  );
}

function RunSkeleton() {
  return (
    <>
      <Skeleton className="mb-2 h-7 w-64" />
      <Skeleton className="mb-6 h-5 w-96 max-w-full" />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex flex-col gap-4">
          <Panel>
            <Skeleton className="mb-4 h-3 w-full rounded-full" />
            <Skeleton className="h-12 w-full" />
          </Panel>
          <Panel>
            <Skeleton className="h-56 w-full" />
          </Panel>
        </div>
        <Panel>
          <Skeleton className="h-40 w-full" />
        </Panel>
      </div>
    </>
  );
}
