import type { browserResources, centerToBrowser } from '@breakwater/contract/browser-events';
import type { Agent, Speed } from '@breakwater/contract/resources';
import type { Run, RunDetail } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import type { z } from 'zod';
import { appendPoint } from '../runs/speed-curve.ts';

type Resource = (typeof browserResources)[number];
type Message<Name extends keyof typeof centerToBrowser> = z.output<(typeof centerToBrowser)[Name]>;
type RunPages = InfiniteData<{ items: Run[]; nextCursor: string | null }>;

/** The cache, and how to say that a part of it must be fetched again. */
export interface LiveCache {
  client: QueryClient;
  stale: (key: QueryKey) => void;
}

/** Queries whose key does not start with the resource's name and still show it. */
const alsoShownBy: Record<Resource, readonly string[]> = {
  agents: ['overview'],
  'storage-nodes': ['overview', 'repositories'],
  repositories: ['overview', 'retention'],
  tasks: ['overview', 'agents'],
  runs: ['overview', 'tasks'],
  snapshots: ['overview', 'agents', 'repositories', 'retention'],
  speeds: [],
  events: ['overview'],
  settings: ['overview'],
  users: ['api-tokens'],
};

/** Something of this resource changed: what is on screen is fetched again, the rest when it is next shown. */
export function applyChanged({ stale }: LiveCache, message: Message<'changed'>): void {
  for (const name of [message.resource, ...alsoShownBy[message.resource]]) {
    stale([name]);
  }
}

function mapRunPages(client: QueryClient, change: (run: Run) => Run): void {
  client.setQueriesData<RunPages>({ queryKey: ['runs', 'list'] }, (data) => {
    if (data === undefined) return data;
    let touched = false;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => {
        const next = change(item);
        if (next !== item) touched = true;
        return next;
      }),
    }));
    return touched ? { ...data, pages } : data;
  });
}

/** A run's state changed: it goes into every list that shows it and into its own page. */
export function applyRun({ client, stale }: LiveCache, { run }: Message<'run'>): void {
  client.setQueryData<RunDetail>(['runs', 'one', run.id], (old) =>
    old === undefined ? old : { ...old, ...run, progress: newestProgress(old, run) },
  );
  mapRunPages(client, (item) =>
    item.id === run.id ? { ...run, progress: newestProgress(item, run) } : item,
  );
  client.setQueryData<Run[]>(['runs', 'active'], (active) => {
    if (active === undefined) return active;
    const others = active.filter((item) => item.id !== run.id);
    if (isFinal(run.state)) return others;
    const known = active.find((item) => item.id === run.id);
    return [{ ...run, progress: known === undefined ? run.progress : newestProgress(known, run) }, ...others];
  });
  // Lists are filtered and sorted by the server, and a run's own page has its log and rankings: both are asked again.
  stale(['runs', 'list']);
  stale(['runs', 'one', run.id]);
  stale(['overview']);
  stale(['tasks']);
  // A run takes its locks when it begins and leaves them when it ends.
  stale(['repositories', 'locks']);
}

/** Within one attempt counters only grow, so what has counted further is newer, whichever came later. */
function newestProgress(old: Run, next: Run): Run['progress'] {
  if (old.attempt !== next.attempt || old.progress === null || next.progress === null) return next.progress;
  const further = old.progress.bytesDone - next.progress.bytesDone;
  // Forget and prune count no bytes.
  if (further === 0) return old.progress.filesDone > next.progress.filesDone ? old.progress : next.progress;
  return further > 0 ? old.progress : next.progress;
}

/** Live progress of one run, up to four times a second. Runs that have ended do not move any more. */
export function applyProgress({ client }: LiveCache, message: Message<'progress'>): void {
  const { runId, progress, point } = message;
  const moved = <R extends Run>(run: R): R =>
    run.id === runId && !isFinal(run.state) ? { ...run, progress } : run;
  client.setQueryData<RunDetail>(['runs', 'one', runId], (old) => {
    if (old === undefined) return old;
    const next = moved(old);
    return next === old ? old : { ...next, speedCurve: appendPoint(old.speedCurve, point) };
  });
  mapRunPages(client, moved);
  client.setQueryData<Run[]>(['runs', 'active'], (active) => active?.map(moved));
}

/** A server came, went, or changed between idle and busy. */
export function applyAgent({ client, stale }: LiveCache, { agentId, state, online }: Message<'agent'>): void {
  const seen = online ? { lastHeartbeatAt: new Date().toISOString() } : {};
  const change = (agent: Agent): Agent => (agent.id === agentId ? { ...agent, ...seen, state } : agent);
  let known = false;
  client.setQueryData<Agent[]>(['agents', 'list'], (agents) => {
    known = agents?.some(({ id }) => id === agentId) ?? false;
    return agents?.map(change);
  });
  client.setQueryData<Agent>(['agents', 'one', agentId], (agent) =>
    agent === undefined ? agent : change(agent),
  );
  if (!known) stale(['agents']);
  stale(['overview']);
}

/** As many samples as the server keeps for a sparkline. */
const MOST_SAMPLES = 30;

/** One speed sample of an agent–node pair: its average and sparkline go on. */
export function applySpeed({ client, stale }: LiveCache, message: Message<'speed'>): void {
  const { agentId, nodeId, bytesPerSecond, sma, samples, kind, at } = message;
  let known = false;
  client.setQueryData<Speed[]>(['speeds', 'list'], (speeds) =>
    speeds?.map((speed) => {
      if (speed.agentId !== agentId || speed.nodeId !== nodeId) return speed;
      known = true;
      const recent = [...speed.recent, { at, bytesPerSecond, kind }].slice(-MOST_SAMPLES);
      return { ...speed, bytesPerSecond: sma, samples, lastSampleAt: at, recent };
    }),
  );
  if (!known) stale(['speeds']);
}
