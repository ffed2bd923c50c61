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
      reason: 'finishes first: 2.0 MB/s, 4.0 MB to send, done in 2 s',
    });
    expect(decision.ranking[1]).toMatchObject({ verdict: 'eligible', finishSeconds: 10 });
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
      'fastest at 9 B/s',
      'slower, at 7 B/s',
      'slower, at 5 B/s',
    ]);
  });

  it.each([
    ['offline', { refusal: 'offline' }, 'offline'],
    ['full', { freeBytes: 99 * MB }, 'full'],
    ['full, lack unknown', { freeBytes: 0, bytesToSend: null }, 'full'],
    ['never measured', { bytesPerSecond: null }, 'speed unknown'],
    ['speed zero', { bytesPerSecond: 0 }, 'no data comes through'],
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
    const decision = rankNodes([node('a', { refusal: 'draining' }), node('b', { bytesPerSecond: null })], {
      strategy: 'finish-first',
      ...free,
    });
    expect(decision).toMatchObject({
      ok: false,
      reason: 'no storage node can take this backup (a: draining; b: speed unknown)',
    });
  });

  const candidates = fc
    .array(
      fc.record({
        bytesPerSecond: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
        bytesToSend: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
        freeBytes: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
        refusal: fc.option(fc.constant('offline'), { nil: null }),
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
          expect(finishes[0]).toBe(Math.min(...finishes));
        }
      }),
    );
  });
});
