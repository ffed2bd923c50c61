import { type Candidate, rankNodes, type Strategy } from '@breakwater/domain/placement';
import type { Placement } from '@breakwater/contract/placement';
import { describe, expect, it } from 'vitest';
import { rankSentence } from './rank-sentence.ts';

const candidate = (nodeName: string, change: Partial<Candidate> = {}): Candidate => ({
  nodeId: nodeName,
  nodeName,
  bytesPerSecond: 100,
  bytesToSend: 1000,
  freeBytes: null,
  refusal: null,
  ...change,
});
/** The sentences for a real ranking of the domain, by node. */
function sentences(strategy: Strategy, candidates: Candidate[], pinnedNodeId: string | null = null) {
  const decision = rankNodes(candidates, { strategy, pinnedNodeId });
  if (!decision.ok) throw new Error(decision.reason);
  const placement: Placement = { ...decision, failOver: false };
  return placement.ranking.map((one) => [one.nodeName, rankSentence(one, placement)]);
}

describe('rankSentence', () => {
  it('compares when each would be done', () => {
    const fast = candidate('fast', { bytesPerSecond: 200, bytesToSend: 10_000 });
    expect(sentences('finish-first', [fast, candidate('near')])).toEqual([
      ['near', { key: 'finishesFirst', speed: 100, toSend: 1000, seconds: 10 }],
      ['fast', { key: 'lacksMore', speed: 200, toSend: 10_000 }],
    ]);
    const slow = candidate('slow', { bytesPerSecond: 20 });
    expect(sentences('finish-first', [candidate('near'), slow])[1]).toEqual([
      'slow',
      { key: 'finishesLater', speed: 20, toSend: 1000, seconds: 50, laterBy: 40 },
    ]);
  });

  it('says when the usual node was kept, when others share a link, and when nothing is measured', () => {
    const usual = candidate('usual');
    const ranked = (candidates: Candidate[]) => {
      const options = {
        strategy: 'finish-first',
        pinnedNodeId: null,
        usualNodeId: 'usual',
        margin: 0.2,
      } as const;
      const decision = rankNodes(candidates, options);
      if (!decision.ok) throw new Error(decision.reason);
      const placement: Placement = { ...decision, failOver: false, margin: 0.2 };
      return placement.ranking.map((one) => rankSentence(one, placement));
    };
    expect(ranked([usual, candidate('other', { bytesPerSecond: 110 })])).toEqual([
      { key: 'usual', margin: 0.2 },
      { key: 'withinMargin', margin: 0.2 },
    ]);
    const load = { transfers: 3, bytesAhead: 3000, bytesPromised: 0, linkBytesPerSecond: null };
    expect(ranked([usual, candidate('other', { bytesPerSecond: 110, load })])[1]).toEqual({
      key: 'shared',
      speed: 110,
      transfers: 3,
    });
    expect(ranked([candidate('a', { bytesPerSecond: null })])).toEqual([{ key: 'unmeasured' }]);
  });

  it('speaks of speed alone when it alone decided', () => {
    const unknown = { bytesToSend: null };
    expect(
      sentences('finish-first', [
        candidate('a', { ...unknown, bytesPerSecond: 300 }),
        candidate('b', { ...unknown, bytesPerSecond: 100 }),
      ]),
    ).toEqual([
      ['a', { key: 'fastest', speed: 300 }],
      ['b', { key: 'slower', speed: 100, times: 3 }],
    ]);
    expect(sentences('fastest', [candidate('a')])[0]?.[1]).toEqual({ key: 'fastest', speed: 100 });
  });

  it('has words for every refusal the domain makes, and passes on the others', () => {
    const refused = sentences('fastest', [
      candidate('a'),
      candidate('b', { refusal: 'offline' }),
      candidate('c', { bytesPerSecond: null }),
      candidate('d', { bytesPerSecond: 0 }),
      candidate('e', { freeBytes: 1 }),
      candidate('f', { refusal: 'the rack is on fire' }),
      candidate('g', { refusal: 'unhealthy: the disk is slow' }),
      candidate('h', { freeBytes: 5000, quotaLeftBytes: 1 }),
    ]);
    expect(Object.fromEntries(refused)).toMatchObject({
      b: { key: 'refused', refusal: 'offline' },
      c: { key: 'refused', refusal: 'speedUnknown' },
      d: { key: 'refused', refusal: 'noData' },
      e: { key: 'refused', refusal: 'full' },
      f: { key: 'raw', reason: 'the rack is on fire' },
      g: { key: 'unhealthy', reason: 'the disk is slow' },
      h: { key: 'refused', refusal: 'overQuota' },
    });
    expect(sentences('pinned', [candidate('a'), candidate('b')], 'b')).toEqual([
      ['b', { key: 'pinned', speed: 100 }],
      ['a', { key: 'refused', refusal: 'anotherPinned' }],
    ]);
  });
});
