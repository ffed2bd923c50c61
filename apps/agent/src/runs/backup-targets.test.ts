import type { BackupOrder, RunNode, RunReport } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import { Failure } from '@breakwater/domain/failure';
import { addSample, emptyWindow } from '@breakwater/domain/speed-window';
import { createLogger } from '@breakwater/process/logger';
import { describe, expect, it } from 'vitest';
import { BackupTargets } from './backup-targets.ts';
import { ProgressBoard } from './progress-board.ts';
import type { RunContext } from './run-context.ts';
import { judgeTrouble } from './target-trouble.ts';

const quick = { firstMs: 1, longestMs: 1 };
const speedOf: Record<string, number> = { a: 300, b: 200, c: 100 };
const nodeOf = (name: string, more: Partial<RunNode> = {}): RunNode => ({
  nodeId: `id-${name}`,
  nodeName: name,
  url: `http://${name}`,
  token: '',
  refusal: null,
  freeBytes: null,
  bytesToSend: null,
  hasCopy: true,
  ...more,
});

function setUp(
  nodes: RunNode[],
  more: {
    connected?: boolean;
    waitMs?: number;
    order?: Partial<BackupOrder>;
    shares?: Record<string, number>;
  } = {},
) {
  const reports: RunReport[] = [];
  const state = { nodes, connected: more.connected ?? true, unreachable: new Map<string, string>() };
  const stop = new AbortController();
  let refreshes = 0;
  const context = {
    signal: stop.signal,
    logger: createLogger('test', 'silent'),
    progress: new ProgressBoard(),
    limits: { nodeRetryMs: 10, nodeWaitMs: more.waitMs ?? 60_000 },
    report: (report: RunReport) => reports.push(report),
    note: (_level: string, { text: message, kind, values }: Remark) =>
      reports.push({ type: 'note', at: 0, level: 'warn', message, sense: { kind, values } }),
    link: {
      get connected() {
        return state.connected;
      },
    },
    prober: { freshen: async () => state.unreachable },
    bandwidth: { shareOf: (nodeId: string) => more.shares?.[nodeId.slice(3)] ?? null },
    speeds: {
      window: (nodeId: string) => {
        const bytesPerSecond = speedOf[nodeId.slice(3)] ?? 1;
        return addSample(emptyWindow(), { bytesPerSecond, kind: 'probe', at: 0 });
      },
    },
    nodes: {
      get all() {
        return state.nodes;
      },
      refresh: async () => {
        refreshes += 1;
        return true;
      },
    },
  } as unknown as RunContext;
  const order = { strategy: 'fastest', pinnedNodeId: null, ...more.order } as BackupOrder;
  const targets = new BackupTargets(context, order, quick);
  const placed = () => reports.flatMap((report) => (report.type === 'placed' ? [report.placement] : []));
  return { context, targets, state, reports, placed, stop, refreshes: () => refreshes };
}

const gone = new Failure('node-unreachable', 'it is gone', { retryable: true });
const full = new Failure('node-full', 'it is full');

describe('BackupTargets', () => {
  it('goes down the ranking, asks for fresh facts, and says that it is a fail-over', async () => {
    const { targets, placed, refreshes } = setUp([nodeOf('a'), nodeOf('b'), nodeOf('c')]);
    const first = await targets.choose();
    expect(refreshes()).toBe(0);
    targets.failed(first, gone, 'passing');
    const second = await targets.choose();
    expect(refreshes()).toBe(1);
    targets.failed(second, full, 'lasting');
    expect((await targets.choose()).nodeName).toBe('c');
    expect(placed().map((one) => [one.chosen.nodeName, one.failOver])).toEqual([
      ['a', false],
      ['b', true],
      ['c', true],
    ]);
    const refused = placed()[2]?.ranking.filter((one) => one.verdict === 'refused');
    expect(refused?.map((one) => [one.nodeName, one.reason])).toEqual([
      ['a', 'it is gone'],
      ['b', 'it is full'],
    ]);
  });

  it('counts a node with a limit of its own as no faster than its share of that', async () => {
    const { targets, placed } = setUp([nodeOf('a'), nodeOf('b')], { shares: { a: 1 } });
    expect((await targets.choose()).nodeName).toBe('b');
    expect(placed()[0]?.ranking[1]).toMatchObject({ nodeName: 'a', bytesPerSecond: 1 });
  });

  it('takes the same node again after a lost lock', async () => {
    const { targets } = setUp([nodeOf('a'), nodeOf('b')]);
    const first = await targets.choose();
    targets.failed(first, new Failure('lock-lost', 'lost', { retryable: true }), 'same-node');
    expect((await targets.choose()).nodeName).toBe('a');
  });

  it('leaves out what a re-probe could not reach', async () => {
    const { targets, state, placed } = setUp([nodeOf('a'), nodeOf('b')]);
    state.unreachable.set('id-a', 'a does not answer');
    expect((await targets.choose()).nodeName).toBe('b');
    expect(placed()[0]?.ranking[1]).toMatchObject({ nodeName: 'a', reason: 'a does not answer' });
  });

  it('waits for a node that may come back, and says so once', async () => {
    const { targets, reports, context } = setUp([nodeOf('a')]);
    const first = await targets.choose();
    targets.failed(first, gone, 'passing');
    expect((await targets.choose()).nodeName).toBe('a');
    const notes = reports.filter((report) => report.type === 'note');
    expect(notes.map((note) => note.sense?.kind)).toEqual(['node-failed', 'waiting-for-node']);
    expect(notes[1]?.sense?.values.why).toMatchObject({
      kind: 'no-node-takes-it',
      values: { nodes: [{ kind: 'node-said', values: { node: 'a', why: { kind: 'failure' } } }] },
    });
    expect(notes.map(({ message }) => message)).toEqual([
      'a failed: it is gone',
      'waiting for a node: no storage node can take this backup (a: it is gone)',
    ]);
    expect(context.progress.current().nodeName).toBe('a');
  });

  it('does not wait for nodes that time alone does not mend', async () => {
    const { targets } = setUp([nodeOf('a'), nodeOf('b', { refusal: 'draining' })]);
    const first = await targets.choose();
    targets.failed(first, full, 'lasting');
    await expect(targets.choose()).rejects.toMatchObject({
      code: 'node-full',
      message: 'no storage node can take this backup (a: it is full; b: draining)',
    });
  });

  it('waits for its pinned node only, and gives up at the limit', async () => {
    const nodes = [nodeOf('a'), nodeOf('b', { refusal: 'offline' })];
    const { targets } = setUp(nodes, { waitMs: 20, order: { strategy: 'pinned', pinnedNodeId: 'id-b' } });
    await expect(targets.choose()).rejects.toMatchObject({
      code: 'no-node',
      retryable: true,
      message: expect.stringContaining('b: offline'),
    });
  });

  it('prefers a node that has a copy while the control center is away', async () => {
    const { targets } = setUp([nodeOf('a', { hasCopy: false }), nodeOf('c')], { connected: false });
    expect((await targets.choose()).nodeName).toBe('c');
  });

  it('stops waiting when the run is cancelled', async () => {
    const { targets, stop } = setUp([nodeOf('a', { refusal: 'offline' })]);
    const choosing = targets.choose();
    stop.abort(new Failure('cancelled', 'cancelled'));
    await expect(choosing).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('judgeTrouble', () => {
  it.each([
    ['node-unreachable', true, 'passing'],
    ['unavailable', true, 'passing'],
    ['unavailable', false, 'lasting'],
    ['repository-locked', true, 'passing'],
    ['node-full', false, 'lasting'],
    ['wrong-password', false, 'lasting'],
    ['lock-lost', true, 'same-node'],
    ['path-not-found', false, 'run'],
    ['source-changed', false, 'run'],
    ['internal', false, 'run'],
  ] as const)('%s (retryable: %s) → %s', (code, retryable, expected) => {
    expect(judgeTrouble(new Failure(code, 'x', { retryable }))).toBe(expected);
  });
});
