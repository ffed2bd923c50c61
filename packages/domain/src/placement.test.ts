import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, rankNodes, type Strategy } from './placement.ts';

const MB = 1_000_000;
const node = (nodeName: string, more: Partial<Candidate> = {}): Candidate => ({
  nodeId: `id-${nodeName}`,
  nodeName,
  bytesPerSecond: 10 * MB,
  bytesToSend: 100 * MB,
  freeBytes: null,
  refusal: null,
  ...more,
});
/** Shared with `transfers` others that send `bytesAhead` before this one is done; the link carries no more than the node's speed. */
const busy = (transfers: number, bytesAhead: number | null, linkBytesPerSecond: number | null = null) => ({
  transfers,
  bytesAhead,
  bytesPromised: bytesAhead ?? 0,
  linkBytesPerSecond,
});
const free = { pinnedNodeId: null };
const order = (candidates: Candidate[], strategy: Strategy, pinnedNodeId: string | null = null) =>
  rankNodes(candidates, { strategy, pinnedNodeId }).ranking.map((one) => one.nodeName);

describe('rankNodes', () => {
  it('finish-first prefers a slower node that lacks little', () => {
    const slowButFull = node('a', { bytesPerSecond: 2 * MB, bytesToSend: 4 * MB });
    const fastButEmpty = node('b', { bytesPerSecond: 100 * MB, bytesToSend: 1000 * MB });
    const decision = rankNodes([fastButEmpty, slowButFull], { strategy: 'finish-first', ...free });
    expect(decision).toMatchObject({ ok: true, chosen: { nodeId: 'id-a', nodeName: 'a' } });
    expect(decision.ranking[0]).toMatchObject({
      verdict: 'chosen',
      finishSeconds: 2,
      because: 'finishes-first',
      reason: '2.0 MB/s, 4.0 MB to send, done in 2 s: chosen',
    });
    expect(decision.ranking[1]).toMatchObject({
      verdict: 'eligible',
      because: 'lacks-more',
      finishSeconds: 10,
      reason: 'faster (100 MB/s), but lacks 1.0 GB, done in 10 s',
    });
    expect(order([fastButEmpty, slowButFull], 'fastest')).toEqual(['b', 'a']);
  });

  it('finish-first is the rule of the fastest where every node lacks the same, or it is unknown', () => {
    const nodes = [
      node('a', { bytesPerSecond: 5 }),
      node('b', { bytesPerSecond: 9 }),
      node('c', { bytesPerSecond: 7 }),
    ];
    expect(order(nodes, 'finish-first')).toEqual(['b', 'c', 'a']);
    const partlyUnknown = nodes.map((one) => ({ ...one, bytesToSend: one.nodeName === 'a' ? 1 : null }));
    const decision = rankNodes(partlyUnknown, { strategy: 'finish-first', ...free });
    expect(decision.ranking.map((one) => one.nodeName)).toEqual(['b', 'c', 'a']);
    // It was not chosen by finish, so nothing may claim so.
    expect(decision.ranking.map((one) => one.reason)).toEqual([
      '9 B/s: chosen',
      '7 B/s: slower',
      '5 B/s, 1 B to send, done in under 1 s: slower',
    ]);
  });

  it.each([
    ['offline', { refusal: 'offline' }, 'offline'],
    ['full', { freeBytes: 99 * MB }, 'full'],
    ['full, lack unknown', { freeBytes: 0, bytesToSend: null }, 'full'],
    ['never measured', { bytesPerSecond: null }, 'speed unknown'],
    ['speed zero', { bytesPerSecond: 0 }, 'no data comes through'],
    ['over its quota', { freeBytes: 1e12, quotaLeftBytes: 99 * MB }, 'over quota'],
    [
      'full once the others are done',
      { freeBytes: 150 * MB, load: busy(1, 60 * MB) },
      'room promised to others',
    ],
  ])('refuses a node that is %s, and says so', (_title, more, reason) => {
    const decision = rankNodes([node('bad', more), node('good', { bytesPerSecond: 1 })], {
      strategy: 'fastest',
      ...free,
    });
    expect(decision).toMatchObject({ ok: true, chosen: { nodeName: 'good' } });
    expect(decision.ranking[1]).toMatchObject({ nodeName: 'bad', verdict: 'refused', reason });
  });

  it('pinned takes that node at any speed, or none', () => {
    const nodes = [node('a', { bytesPerSecond: null }), node('b')];
    const pinned = rankNodes(nodes, { strategy: 'pinned', pinnedNodeId: 'id-a' });
    expect(pinned).toMatchObject({ ok: true, chosen: { nodeName: 'a' } });
    expect(pinned.ranking[1]).toMatchObject({ verdict: 'refused', reason: 'another node is pinned' });
    const full = [node('a', { freeBytes: 1 }), node('b')];
    expect(rankNodes(full, { strategy: 'pinned', pinnedNodeId: 'id-a' })).toMatchObject({ ok: false });
    expect(rankNodes(nodes, { strategy: 'pinned', pinnedNodeId: 'id-x' })).toMatchObject({ ok: false });
  });

  it('says why no node can take it', () => {
    expect(rankNodes([], { strategy: 'fastest', ...free })).toEqual({
      ok: false,
      reason: 'no storage node is enrolled',
      ranking: [],
    });
    const decision = rankNodes([node('a', { refusal: 'draining' }), node('b', { bytesPerSecond: 0 })], {
      strategy: 'finish-first',
      ...free,
    });
    expect(decision).toMatchObject({
      ok: false,
      reason: 'no storage node can take this backup (a: draining; b: no data comes through)',
    });
  });

  it('takes one without a speed where none has one, the least busy, rather than none', () => {
    const unmeasured = { bytesPerSecond: null, bytesToSend: null };
    const nodes = [
      node('a', { ...unmeasured, load: busy(3, null) }),
      node('b', { ...unmeasured, load: busy(1, null) }),
    ];
    const decision = rankNodes([...nodes, node('c', { refusal: 'offline' })], {
      strategy: 'finish-first',
      ...free,
    });
    expect(decision).toMatchObject({ ok: true, chosen: { nodeName: 'b' } });
    expect(decision.ranking.map((one) => one.because)).toEqual(['unmeasured', 'unmeasured', null]);
  });

  it.each([
    // Speeds of the usual node and of the other; both lack the same. Sooner by a tenth is enough, less is not.
    [100, 110, 'usual', 'usual', 'within-margin'],
    [100, 112, 'other', 'finishes-first', 'finishes-later'],
    [100, 90, 'usual', 'finishes-first', 'finishes-later'],
  ])('usual node at %d, other at %d: %s', (usual, other, chosen, why, whyNot) => {
    const nodes = [node('usual', { bytesPerSecond: usual }), node('other', { bytesPerSecond: other })];
    const decision = rankNodes(nodes, { strategy: 'finish-first', ...free, usualNodeId: 'id-usual' });
    expect(decision).toMatchObject({ ok: true, chosen: { nodeName: chosen } });
    expect(decision.ranking.map((one) => one.because)).toEqual([why, whyNot]);
    // Neither the rule of the fastest nor another margin knows of it.
    const faster = usual > other ? 'usual' : 'other';
    const fastest = rankNodes(nodes, { strategy: 'fastest', ...free, usualNodeId: 'id-usual' });
    expect(fastest).toMatchObject({ ok: true, chosen: { nodeName: faster } });
    const none = rankNodes(nodes, { strategy: 'finish-first', ...free, usualNodeId: 'id-usual', margin: 0 });
    expect(none).toMatchObject({ ok: true, chosen: { nodeName: faster } });
  });

  it('keeps the usual node by its speed too, while nobody knows what is to be sent', () => {
    const unknown = { bytesToSend: null };
    const nodes = [
      node('usual', { ...unknown, bytesPerSecond: 100 }),
      node('other', { ...unknown, bytesPerSecond: 105 }),
    ];
    const options = { strategy: 'finish-first', ...free, usualNodeId: 'id-usual' } as const;
    expect(rankNodes(nodes, options)).toMatchObject({ ok: true, chosen: { nodeName: 'usual' } });
    expect(rankNodes(nodes, { ...options, margin: 0.01 })).toMatchObject({ chosen: { nodeName: 'other' } });
    const refused = nodes.map((one) => (one.nodeName === 'usual' ? { ...one, refusal: 'draining' } : one));
    expect(rankNodes(refused, options)).toMatchObject({ ok: true, chosen: { nodeName: 'other' } });
  });

  it('leaves a fast node to those that share it already', () => {
    const fast = node('fast', { bytesPerSecond: 100 * MB, load: busy(9, 900 * MB) });
    const slow = node('slow', { bytesPerSecond: 20 * MB });
    const decision = rankNodes([fast, slow], { strategy: 'finish-first', ...free });
    expect(decision.ranking).toMatchObject([
      { nodeName: 'slow', finishSeconds: 5, because: 'finishes-first' },
      {
        nodeName: 'fast',
        finishSeconds: 10,
        expectedBytesPerSecond: 10 * MB,
        because: 'shared',
        reason: 'faster (100 MB/s), but shared with 9 other transfers, done in 10 s',
      },
    ]);
    expect(order([fast, slow], 'fastest')).toEqual(['fast', 'slow']);
    const unknown = [fast, slow].map((one) => ({ ...one, bytesToSend: null }));
    expect(order(unknown, 'finish-first')).toEqual(['slow', 'fast']);
  });

  it('of nearly equal ones takes the one that has the least waiting, but sends no more for that', () => {
    const load = (bytesAhead: number, bytesPromised: number) => ({ ...busy(1, bytesAhead), bytesPromised });
    const giant = node('giant', { load: load(100 * MB, 5000 * MB) });
    const small = node('small', { load: load(100 * MB, 120 * MB), bytesPerSecond: 9 * MB });
    const decision = rankNodes([giant, small], { strategy: 'finish-first', ...free });
    expect(decision.ranking.map((one) => [one.nodeName, one.because])).toEqual([
      ['small', 'least-crowded'],
      ['giant', 'crowded'],
    ]);
    // Not where it is the usual one, much sooner, or where less is to be sent.
    const usual = { strategy: 'finish-first', ...free, usualNodeId: 'id-giant' } as const;
    expect(rankNodes([giant, small], usual)).toMatchObject({ ok: true, chosen: { nodeName: 'giant' } });
    for (const more of [{ bytesPerSecond: 6 * MB }, { bytesToSend: 101 * MB }]) {
      expect(order([giant, { ...small, ...more }], 'finish-first')).toEqual(['giant', 'small']);
    }
  });

  it("says all of it in words, as the run's page does", () => {
    const { ranking } = rankNodes(
      [
        node('node-a', { bytesPerSecond: 95 * MB, bytesToSend: 40_000 * MB }),
        node('node-b', { bytesPerSecond: 84 * MB, bytesToSend: 1200 * MB }),
        node('node-c', { freeBytes: 0 }),
      ],
      { strategy: 'finish-first', ...free },
    );
    expect(ranking.map((one) => `${one.nodeName}: ${one.reason}.`).join(' ')).toBe(
      'node-b: 84 MB/s, 1.2 GB to send, done in 14 s: chosen. node-a: faster (95 MB/s), but lacks 40 GB, done in 7 min. node-c: full.',
    );
  });

  const candidates = fc
    .array(
      fc.record({
        bytesPerSecond: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
        bytesToSend: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
        freeBytes: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
        refusal: fc.option(fc.constant('offline'), { nil: null }),
        load: fc.record({
          transfers: fc.nat(20),
          bytesAhead: fc.option(fc.nat(1e9), { nil: null }),
          bytesPromised: fc.nat(1e9),
          linkBytesPerSecond: fc.option(fc.nat(1e9), { nil: null }),
        }),
      }),
      { maxLength: 8 },
    )
    .map((list) => list.map((one, at): Candidate => node(`n${at}`, one)));
  const strategies = fc.constantFrom<Strategy>('finish-first', 'fastest', 'pinned');

  it('ranks every node once, chosen first and refused last, whatever order it is given', () => {
    fc.assert(
      fc.property(candidates, strategies, (nodes, strategy) => {
        const options = { strategy, pinnedNodeId: strategy === 'pinned' ? 'id-n0' : null };
        const decision = rankNodes(nodes, options);
        expect(rankNodes(nodes.toReversed(), options)).toEqual(decision);
        expect(decision.ranking.map((one) => one.nodeId).toSorted()).toEqual(
          nodes.map((one) => one.nodeId).toSorted(),
        );
        const verdicts = decision.ranking.map((one) => one.verdict);
        const rank = { chosen: 0, eligible: 1, refused: 2 };
        expect(verdicts).toEqual(verdicts.toSorted((a, b) => rank[a] - rank[b]));
        expect(verdicts.filter((one) => one === 'chosen').length).toBe(decision.ok ? 1 : 0);
        for (const one of decision.ranking) expect(one.reason).not.toBe('');
      }),
    );
  });

  it('chooses no node that another eligible one would beat', () => {
    fc.assert(
      fc.property(candidates, (nodes) => {
        const fastest = rankNodes(nodes, { strategy: 'fastest', ...free });
        const open = (ranking: typeof fastest.ranking) => ranking.filter((one) => one.verdict !== 'refused');
        const speeds = open(fastest.ranking).map((one) => one.bytesPerSecond ?? -1);
        if (fastest.ok) expect(speeds[0]).toBe(Math.max(...speeds));
        const first = rankNodes(nodes, { strategy: 'finish-first', ...free });
        const finishes = open(first.ranking).map((one) => one.finishSeconds);
        if (first.ok && finishes.every((one) => one !== null)) {
          expect(finishes[0]).toBeLessThanOrEqual(Math.min(...finishes) * 1.5);
        }
      }),
    );
  });
});
