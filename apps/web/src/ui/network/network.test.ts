import type { Speed } from '@breakwater/contract/resources';
import type { Run } from '@breakwater/contract/run';
import { describe, expect, it } from 'vitest';
import { drawingFor, heatStep, lineWidth, linkPath, rowCentres, speedShare } from './line-scale.ts';
import { pairState, pairsOf } from './pair.ts';
import { averageLine, speedTicks } from './sample-line.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const speed = (nodeId: string, bytesPerSecond: number | null, ageMinutes: number): Speed => ({
  agentId: 'a',
  agentAddress: 'web-1',
  nodeId,
  nodeName: nodeId,
  bytesPerSecond,
  samples: 5,
  lastSampleAt: bytesPerSecond === null ? null : new Date(now - ageMinutes * 60_000).toISOString(),
  recent: [],
});
const run = (nodeName: string | null, sentPerSecond: number, state: Run['state'] = 'running'): Run => ({
  id: `run-${nodeName}-${sentPerSecond}`,
  kind: 'backup',
  taskId: null,
  taskName: null,
  sourceAddress: 'web-1',
  agentId: 'a',
  repositoryId: null,
  state,
  reason: null,
  failure: null,
  attempt: 1,
  trigger: 'manual',
  createdAt: new Date(now).toISOString(),
  startedAt: null,
  endedAt: null,
  progress: {
    phase: 'transferring',
    filesDone: 0,
    bytesDone: 0,
    filesTotal: null,
    bytesTotal: null,
    bytesSent: 0,
    bytesPerSecond: 0,
    sentPerSecond,
    etaSeconds: null,
    currentFile: null,
    nodeName,
    errors: 0,
    note: null,
  },
  placement: null,
  snapshotId: null,
  stats: null,
  issueCount: 0,
  restore: null,
  replication: null,
});

describe('pairsOf', () => {
  const agents = [{ id: 'a', address: 'web-1', state: 'idle' as const }];
  const nodes = ['n1', 'n2', 'n3', 'n4'].map((id) => ({ id, name: id, online: true }));
  const speeds = [speed('n1', 100, 1), speed('n2', 300, 11), speed('n3', null, 0)];

  it('has a pair for each agent and node, told apart by how old their speed is', () => {
    const pairs = pairsOf(agents, nodes, speeds, [], now);
    expect(pairs.map((pair) => [pair.nodeName, pair.age])).toEqual([
      ['n1', 'fresh'],
      ['n2', 'stale'],
      ['n3', 'never'],
      ['n4', 'never'],
    ]);
  });

  it('says first that an end is missing, unless data flows all the same', () => {
    const gone = nodes.map((node) => ({ ...node, online: node.id !== 'n1' }));
    expect(pairsOf(agents, gone, speeds, [], now).map(pairState)).toEqual([
      'offline',
      'stale',
      'never',
      'never',
    ]);
    expect(pairsOf(agents, gone, speeds, [run('n1', 5)], now).map(pairState)[0]).toBe('flowing');
    const asleep = agents.map((agent) => ({ ...agent, state: 'offline' as const }));
    expect(pairsOf(asleep, nodes, speeds, [], now).every((pair) => pairState(pair) === 'offline')).toBe(true);
  });

  it('moves only where a run sends at this moment', () => {
    const runs = [run('n1', 5), run('n2', 0), run('n3', 5, 'succeeded'), run(null, 5)];
    const moving = pairsOf(agents, nodes, speeds, runs, now).filter((pair) => pair.flowing.length > 0);
    expect(moving.map((pair) => pair.nodeName)).toEqual(['n1']);
  });
});

describe('scale', () => {
  it('turns into a heat map above 12 agents or 8 nodes', () => {
    expect(drawingFor(12, 8)).toBe('lines');
    expect(drawingFor(13, 1)).toBe('heat-map');
    expect(drawingFor(1, 9)).toBe('heat-map');
  });

  it('spreads factors evenly and calls noise the same', () => {
    const all = [1e6, 1e7, 1e8, null];
    expect(speedShare(1e6, all)).toBe(0);
    expect(speedShare(1e7, all)).toBeCloseTo(0.5);
    expect(speedShare(1e8, all)).toBe(1);
    expect(speedShare(100, [100, 101])).toBe(1);
    expect(speedShare(0, all)).toBe(0);
    expect([0, 0.5, 1].map(heatStep)).toEqual([1, 3, 5]);
  });

  it.each([
    [100e6, [100e6, 90e6], 8],
    [90e6, [100e6, 90e6], 7.2],
    [50e6, [100e6, 50e6], 4],
    [1e6, [100e6, 1e6], 1.25],
    [5, [5], 8],
    [0, [0, null], 1.25],
    [null, [100e6, null], 1.25],
  ])('draws %s among %j %s px wide', (speed, all, width) => {
    expect(lineWidth(speed, all)).toBe(width);
  });

  it('draws level ends', () => {
    expect(rowCentres(2, 100)).toEqual([25, 75]);
    expect(linkPath({ x: 0, y: 25 }, { x: 100, y: 75 })).toBe('M0 25C50 25 50 75 100 75');
  });
});

describe('samples', () => {
  const sample = (bytesPerSecond: number) => ({
    at: new Date(now).toISOString(),
    bytesPerSecond,
    kind: 'probe' as const,
  });

  it('averages only over a full window', () => {
    expect(averageLine([10, 20, 30, 50].map(sample), 3)).toEqual([null, null, 20, 100 / 3]);
  });

  it('ends the axis above the fastest sample', () => {
    expect(speedTicks(7)).toEqual([0, 2, 4, 6, 8]);
    expect(speedTicks(84_000_000).at(-1)).toBeGreaterThanOrEqual(84_000_000);
    expect(speedTicks(0)).toEqual([0]);
  });
});
