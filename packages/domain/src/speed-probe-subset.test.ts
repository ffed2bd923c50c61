import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseFreshened,
  chooseProbed,
  PROBE_ALL_UP_TO,
  PROBED_BEST,
  PROBED_BY_LOT,
} from './speed-probe-subset.ts';

const speeds = (count: number, of: (n: number) => number | null) =>
  Array.from({ length: count }, (_, n) => ({
    nodeId: `n${n}`,
    bytesPerSecond: of(n),
    bytesToSend: 100 as number | null,
  }));

describe('chooseProbed', () => {
  it('takes all where they are few', () => {
    const round = chooseProbed(
      speeds(PROBE_ALL_UP_TO, () => null),
      () => 0,
    );
    expect([round.best.length, round.byLot.length]).toEqual([PROBE_ALL_UP_TO, 0]);
  });

  it('takes the fastest, and others by lot with those first that were never measured', () => {
    const nodes = speeds(1000, (n) => (n < 500 ? n : n < 997 ? 1 : null));
    const round = chooseProbed(nodes, () => 0.5);
    expect(round.best).toEqual(['n499', 'n498', 'n497', 'n496', 'n495', 'n494', 'n493', 'n492']);
    expect(round.byLot.slice(0, 3).toSorted()).toEqual(['n997', 'n998', 'n999']);
    expect(round.byLot).toHaveLength(PROBED_BY_LOT);
  });

  it('gives half of the lots to those that were once faster than the best are now', () => {
    const nodes = speeds(1000, (n) => (n < 20 ? 100 : 1)).map((node, n) =>
      n >= 990 ? { ...node, bestBytesPerSecond: 500 } : { ...node, bestBytesPerSecond: 100 },
    );
    const { byLot } = chooseProbed(nodes, () => 0.3);
    expect(byLot.filter((id) => Number(id.slice(1)) >= 990)).toHaveLength(PROBED_BY_LOT / 2);
  });

  it('never takes one twice, however the lot falls', () => {
    const speed = fc.option(fc.nat(5), { nil: null });
    const lot = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(fc.array(speed, { minLength: 33, maxLength: 200 }), lot, (of, stream) => {
        const nodes = speeds(of.length, (n) => of[n] ?? null).map((node, n) => ({
          ...node,
          ...(n % 3 === 0 && { bestBytesPerSecond: 9 }),
        }));
        const { best, byLot } = chooseProbed(nodes, () => stream.next().value ?? 0);
        expect(new Set([...best, ...byLot]).size).toBe(best.length + byLot.length);
        expect(best.length).toBeLessThanOrEqual(PROBED_BEST);
        expect(byLot).toHaveLength(PROBED_BY_LOT);
      }),
    );
  });

  it('has had every node of a thousand after as many rounds as there are lots', () => {
    const nodes = speeds(1000, () => null);
    let draws = 0;
    for (; nodes.some((node) => node.bytesPerSecond === null); draws += 1) {
      const { best, byLot } = chooseProbed(nodes, Math.random);
      for (const node of nodes)
        if (best.includes(node.nodeId) || byLot.includes(node.nodeId)) node.bytesPerSecond = 1;
    }
    expect(draws).toBe(1000 / PROBED_BY_LOT);
  });
});

describe('chooseFreshened', () => {
  it('takes all where they are few', () => {
    expect(
      chooseFreshened(
        speeds(3, () => null),
        null,
      ),
    ).toHaveLength(3);
  });

  it('takes the usual node, then whatever may finish first, and what nobody knows before what is slow', () => {
    const nodes = speeds(100, (n) => (n < 50 ? 1 + n : null));
    // Slow, but it lacks nothing.
    if (nodes[3]) nodes[3].bytesToSend = 0;
    const chosen = chooseFreshened(nodes, 'n7').map((node) => node.nodeId);
    expect(chosen.slice(0, 3)).toEqual(['n7', 'n3', 'n49']);
    expect(chosen).toHaveLength(PROBED_BEST + PROBED_BY_LOT);
    expect(chosen.slice(3).every((id) => Number(id.slice(1)) >= 50)).toBe(true);
  });
});
