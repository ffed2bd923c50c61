import { describe, expect, it } from 'vitest';
import {
  chooseSource,
  type HomeCopy,
  homeToPrune,
  MIRROR_AFTER_CHECK_MS,
  planMirrors,
  type KnownCopy,
  type NodeForCopies,
  planCopies,
  replicationPauseMs,
} from './copies-plan.ts';

const node = (nodeId: string, more: Partial<NodeForCopies> = {}): NodeForCopies => ({
  nodeId,
  name: `node-${nodeId}`,
  online: true,
  lost: false,
  draining: false,
  healthy: true,
  freeBytes: 1000,
  fileSystemId: null,
  ...more,
});
const copy = (nodeId: string, snapshots: string[], more: Partial<KnownCopy> = {}): KnownCopy => ({
  nodeId,
  createdAt: 0,
  bytes: 100,
  home: false,
  snapshots: new Set(snapshots),
  ...more,
});

describe('which nodes keep a repository complete', () => {
  const cases: [string, Parameters<typeof planCopies>, ReturnType<typeof planCopies>][] = [
    [
      'none before there is a snapshot',
      [2, [copy('a', [])], [node('a'), node('b')]],
      { homes: [], fill: [], missing: 0 },
    ],
    [
      'the copy there is, and a new node',
      [2, [copy('a', ['s'])], [node('a'), node('b')]],
      { homes: ['a', 'b'], fill: [{ nodeId: 'b', lacks: 1, isNew: true }], missing: 0 },
    ],
    [
      'one where one is wanted',
      [1, [copy('a', ['s'])], [node('a'), node('b')]],
      { homes: ['a'], fill: [], missing: 0 },
    ],
    [
      'both copies that grew apart',
      [2, [copy('a', ['1', '2']), copy('b', ['1', '3'])], [node('a'), node('b')]],
      {
        homes: ['a', 'b'],
        fill: [
          { nodeId: 'a', lacks: 1, isNew: false },
          { nodeId: 'b', lacks: 1, isNew: false },
        ],
        missing: 0,
      },
    ],
    [
      'homes before a copy that a backup went to, which they fetch from',
      [
        2,
        [copy('a', ['1'], { home: true }), copy('b', [], { home: true }), copy('c', ['2', '3', '4'])],
        [node('a'), node('b'), node('c')],
      ],
      {
        homes: ['a', 'b'],
        fill: [
          { nodeId: 'a', lacks: 3, isNew: false },
          { nodeId: 'b', lacks: 4, isNew: false },
        ],
        missing: 0,
      },
    ],
    [
      'a home that is away for a while, which nobody can fill now',
      [
        2,
        [copy('a', ['1', '2']), copy('b', ['1'], { home: true })],
        [node('a'), node('b', { online: false }), node('c')],
      ],
      { homes: ['b', 'a'], fill: [], missing: 0 },
    ],
    [
      'another node in place of a lost one',
      [
        2,
        [copy('a', ['1'], { home: true }), copy('b', ['1'], { home: true })],
        [node('a'), node('b', { online: false, lost: true }), node('c')],
      ],
      { homes: ['a', 'c'], fill: [{ nodeId: 'c', lacks: 1, isNew: true }], missing: 0 },
    ],
    [
      'another node in place of a draining one, which gives what only it has',
      [
        2,
        [copy('a', ['1'], { home: true }), copy('b', ['1', '2'], { home: true })],
        [node('a'), node('b', { draining: true }), node('c')],
      ],
      {
        homes: ['a', 'c'],
        fill: [
          { nodeId: 'a', lacks: 1, isNew: false },
          { nodeId: 'c', lacks: 2, isNew: true },
        ],
        missing: 0,
      },
    ],
    [
      'no draining, failing, full or absent node that has no copy yet',
      [
        2,
        [copy('a', ['1'])],
        [
          node('a'),
          node('b', { draining: true }),
          node('c', { healthy: false }),
          node('d', { freeBytes: 100 }),
          node('e', { online: false }),
        ],
      ],
      { homes: ['a'], fill: [], missing: 1 },
    ],
    [
      'a node on another file system before a larger one on the same',
      [
        2,
        [copy('a', ['1'])],
        [
          node('a', { fileSystemId: 'x' }),
          node('b', { fileSystemId: 'x', freeBytes: 9000 }),
          node('c', { fileSystemId: 'y' }),
        ],
      ],
      { homes: ['a', 'c'], fill: [{ nodeId: 'c', lacks: 1, isNew: true }], missing: 0 },
    ],
  ];
  it.each(cases)('%s', (_, given, expected) => {
    expect(planCopies(...given)).toEqual(expected);
  });
});

describe('where a copy fetches from', () => {
  const from = (nodeId: string, snapshots: string[], more = {}) => ({
    nodeId,
    online: true,
    snapshots: new Set(snapshots),
    transfersInFlight: 0,
    ...more,
  });
  const target = { nodeId: 't', snapshots: new Set(['1']) };

  it('is the copy that gives most, then the one with least to do', () => {
    expect(chooseSource(target, [from('a', ['1', '2']), from('b', ['2', '3'])])).toBe('b');
    expect(chooseSource(target, [from('a', ['2'], { transfersInFlight: 3 }), from('b', ['3'])])).toBe('b');
  });

  it('is none that is offline, gives nothing, or is the copy itself', () => {
    expect(
      chooseSource(target, [from('a', ['1']), from('b', ['2'], { online: false }), from('t', ['2'])]),
    ).toBeNull();
  });
});

it('tries a copy that failed again after pauses that double up to an hour', () => {
  expect([1, 2, 3, 4].map(replicationPauseMs)).toEqual([15_000, 30_000, 60_000, 120_000]);
  expect(replicationPauseMs(1000)).toBe(3_600_000);
});

describe('what follows the prune of one home', () => {
  const home = (nodeId: string, more: Partial<HomeCopy> = {}): HomeCopy => ({
    nodeId,
    online: true,
    complete: true,
    damaged: false,
    lastPrunedAt: null,
    lastCheckedAt: null,
    ...more,
  });
  const pruned = home('a', { lastPrunedAt: 1000, lastCheckedAt: 2000 });

  it('one home is pruned: the one that was pruned last, else the most settled that is online', () => {
    expect(homeToPrune([home('a'), home('b')])).toBe('a');
    expect(homeToPrune([home('a', { online: false }), home('b')])).toBe('b');
    expect(homeToPrune([home('a'), home('b', { lastPrunedAt: 1 })])).toBe('b');
    expect(homeToPrune([home('a', { online: false })])).toBeNull();
  });

  it('the others are made the same once it was found whole', () => {
    expect(planMirrors([pruned, home('b', { lastPrunedAt: 999 }), home('c')], 3000)).toEqual({
      sourceId: 'a',
      targetIds: ['b', 'c'],
    });
  });

  it.each<[string, readonly HomeCopy[], number]>([
    ['before it was checked', [{ ...pruned, lastCheckedAt: 999 }, home('b')], 3000],
    ['when the check is long ago', [pruned, home('b')], 2001 + MIRROR_AFTER_CHECK_MS],
    ['while it is known to be damaged', [{ ...pruned, damaged: true }, home('b')], 3000],
    ['while it lacks a snapshot', [{ ...pruned, complete: false }, home('b')], 3000],
    ['of one that is away', [pruned, home('b', { online: false })], 3000],
    ['of one that lacks a snapshot', [pruned, home('b', { complete: false })], 3000],
    ['of one that is the same already', [pruned, home('b', { lastPrunedAt: 1000 })], 3000],
    ['where nothing was ever pruned', [home('a'), home('b')], 3000],
  ])('nothing is removed %s', (_, homes, now) => {
    expect(planMirrors(homes, now)).toBeNull();
  });
});
