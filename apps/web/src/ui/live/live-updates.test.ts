import type { Agent, Speed } from '@breakwater/contract/resources';
import type { Run, RunDetail } from '@breakwater/contract/run';
import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { beforeEach, expect, test } from 'vitest';
import {
  applyAgent,
  applyChanged,
  applyProgress,
  applyRun,
  applySpeed,
  type LiveCache,
} from './live-updates.ts';

const id = (n: number) => `0198c2f4-0000-7000-8000-${String(n).padStart(12, '0')}`;

const progress = (bytesDone: number): NonNullable<Run['progress']> => ({
  phase: 'transferring',
  filesDone: 1,
  bytesDone,
  filesTotal: 10,
  bytesTotal: 1000,
  bytesSent: bytesDone,
  bytesPerSecond: 10,
  sentPerSecond: 10,
  etaSeconds: 5,
  currentFile: null,
  nodeName: 'node-1',
  errors: 0,
  note: null,
});

const run = (n: number, change: Partial<Run> = {}): Run => ({
  id: id(n),
  kind: 'backup',
  taskId: id(100),
  taskName: 'Nightly',
  sourceAddress: 'web-1',
  agentId: id(200),
  repositoryId: null,
  state: 'running',
  reason: null,
  failure: null,
  attempt: 1,
  trigger: 'manual',
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  progress: progress(100),
  placement: null,
  snapshotId: null,
  stats: null,
  issueCount: 0,
  restore: null,
  replication: null,
  ...change,
});
const detail = (of: Run): RunDetail => ({
  ...of,
  ...{ issues: [], placements: [], log: [], speedCurve: [], commands: [] },
});

let client: QueryClient;
let stale: QueryKey[];
let cache: LiveCache;
beforeEach(() => {
  client = new QueryClient();
  stale = [];
  cache = { client, stale: (key) => stale.push(key) };
});

function pages(...runs: Run[]): void {
  client.setQueryData(['runs', 'list', {}], {
    pages: [{ items: runs, nextCursor: null }],
    pageParams: [null],
  });
}
const listed = () =>
  client.getQueryData<{ pages: { items: Run[] }[] }>(['runs', 'list', {}])?.pages[0]?.items ?? [];
const one = (n: number) => client.getQueryData<RunDetail>(['runs', 'one', id(n)]);
const active = () => client.getQueryData<Run[]>(['runs', 'active']);

test('progress moves the run everywhere it is shown, and its curve goes on', () => {
  pages(run(1), run(2));
  client.setQueryData(['runs', 'one', id(1)], detail(run(1)));
  client.setQueryData(['runs', 'active'], [run(1), run(2)]);
  const other = listed()[1];

  const point = { atMs: 5, bytesPerSecond: 10, nodeName: 'node-1' };
  applyProgress(cache, { runId: id(1), progress: progress(500), point });

  expect(listed()[0]?.progress?.bytesDone).toBe(500);
  expect(listed()[1]).toBe(other);
  expect(active()?.map((r) => r.progress?.bytesDone)).toEqual([500, 100]);
  expect(one(1)?.progress?.bytesDone).toBe(500);
  expect(one(1)?.speedCurve).toEqual([point]);
  expect(stale).toEqual([]);
});

test('progress that comes after the end changes nothing', () => {
  const ended = run(1, { state: 'succeeded', progress: progress(1000) });
  client.setQueryData(['runs', 'one', id(1)], detail(ended));
  applyProgress(cache, {
    runId: id(1),
    progress: progress(900),
    point: { atMs: 5, bytesPerSecond: 10, nodeName: null },
  });
  expect(one(1)?.progress?.bytesDone).toBe(1000);
  expect(one(1)?.speedCurve).toEqual([]);
});

test('a run that ends leaves what runs now, keeps its place in the lists, and the lists are asked again', () => {
  pages(run(1));
  client.setQueryData(['runs', 'one', id(1)], detail(run(1)));
  client.setQueryData(['runs', 'active'], [run(1), run(2)]);

  applyRun(cache, { run: run(1, { state: 'failed', reason: 'disk full' }) });

  expect(listed()[0]).toMatchObject({ state: 'failed', reason: 'disk full' });
  expect(one(1)).toMatchObject({ state: 'failed', log: [] });
  expect(active()?.map((r) => r.id)).toEqual([id(2)]);
  expect(stale).toEqual([
    ['runs', 'list'],
    ['runs', 'one', id(1)],
    ['overview'],
    ['tasks'],
    ['repositories', 'locks'],
  ]);
});

test('a run that begins joins what runs now', () => {
  client.setQueryData(['runs', 'active'], [run(2)]);
  applyRun(cache, { run: run(1, { state: 'dispatched' }) });
  expect(active()?.map((r) => r.id)).toEqual([id(1), id(2)]);
});

test('a state change with older counters does not turn the bar back, a new attempt does', () => {
  client.setQueryData(['runs', 'active'], [run(1, { progress: progress(800) })]);
  applyRun(cache, { run: run(1, { progress: progress(300) }) });
  expect(active()?.[0]?.progress?.bytesDone).toBe(800);
  applyRun(cache, { run: run(1, { attempt: 2, progress: progress(0) }) });
  expect(active()?.[0]?.progress?.bytesDone).toBe(0);
});

test('a change of a resource makes stale what else shows it', () => {
  applyChanged(cache, { resource: 'snapshots', id: null });
  expect(stale).toEqual([['snapshots'], ['overview'], ['agents'], ['repositories'], ['retention']]);
});

test('an agent that comes online is shown at once; one nobody knows is asked for', () => {
  client.setQueryData(['agents', 'list'], [{ id: id(1), state: 'offline' } as Agent]);
  applyAgent(cache, { agentId: id(1), online: true, state: 'idle' });
  expect(client.getQueryData<Agent[]>(['agents', 'list'])?.[0]).toMatchObject({ state: 'idle' });
  expect(stale).toEqual([['overview']]);
  applyAgent(cache, { agentId: id(2), online: true, state: 'idle' });
  expect(stale).toContainEqual(['agents']);
});

test('a speed sample moves the average and the sparkline, which keeps thirty points', () => {
  const recent = Array.from({ length: 30 }, (_, at) => ({
    at: `${at}`,
    bytesPerSecond: at,
    kind: 'probe' as const,
  }));
  client.setQueryData(['speeds', 'list'], [{ agentId: id(1), nodeId: id(2), recent } as Speed]);
  applySpeed(cache, {
    agentId: id(1),
    nodeId: id(2),
    bytesPerSecond: 99,
    sma: 50,
    samples: 5,
    kind: 'transfer',
    at: '2026-01-01T00:00:00Z',
  });
  const speed = client.getQueryData<Speed[]>(['speeds', 'list'])?.[0];
  expect(speed).toMatchObject({ bytesPerSecond: 50, samples: 5, lastSampleAt: '2026-01-01T00:00:00Z' });
  expect(speed?.recent).toHaveLength(30);
  expect(speed?.recent.at(-1)?.bytesPerSecond).toBe(99);
});
