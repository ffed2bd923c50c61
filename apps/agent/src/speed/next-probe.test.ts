import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAfter, FILLING_MS, firstDue, nextProbe } from './next-probe.ts';

const NOW = 1_000_000;
const pace = { intervalMs: 30_000, window: 5 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('nextProbe', () => {
  it('has nothing to do without nodes', () => {
    expect(nextProbe([], NOW, 0.5)).toEqual({ kind: 'none' });
  });

  it.each([
    [0, 'a'],
    [0.49, 'a'],
    [0.5, 'b'],
    [0.999, 'b'],
  ])('draws lots among those that are due (%d → %s)', (lot, expected) => {
    const nodes = [
      { nodeId: 'a', dueAt: NOW },
      { nodeId: 'later', dueAt: NOW + 1 },
      { nodeId: 'b', dueAt: 0 },
    ];
    expect(nextProbe(nodes, NOW, lot)).toEqual({ kind: 'probe', nodeId: expected });
  });

  it('waits for the first that will be', () => {
    const nodes = [
      { nodeId: 'a', dueAt: NOW + 500 },
      { nodeId: 'b', dueAt: NOW + 100 },
    ];
    expect(nextProbe(nodes, NOW, 0.9)).toEqual({ kind: 'wait', untilMs: NOW + 100 });
  });

  it('never probes a node that is not due', () => {
    const nodes = fc.array(
      fc.record({ nodeId: fc.uuid(), dueAt: fc.integer({ min: NOW - 1000, max: NOW + 1000 }) }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(nodes, random, (list, lot) => {
        const next = nextProbe(list, NOW, lot);
        if (next.kind === 'probe') {
          expect(list.find((one) => one.nodeId === next.nodeId)?.dueAt).toBeLessThanOrEqual(NOW);
        } else {
          expect(list.every((one) => one.dueAt > NOW)).toBe(true);
        }
      }),
    );
  });
});

describe('dueAfter', () => {
  it('fills a new window quickly, then keeps to the interval, a quarter more or less', () => {
    expect(dueAfter({ kind: 'sample' }, 4, pace, NOW, 0.3)).toBe(NOW + FILLING_MS);
    fc.assert(
      fc.property(
        random,
        fc.constantFrom({ kind: 'sample' as const }, { kind: 'failed' as const }),
        (r, result) => {
          const pause = dueAfter(result, 5, pace, NOW, r) - NOW;
          return pause >= 22_500 && pause <= 37_500;
        },
      ),
    );
  });

  it('comes back not sooner than the node asked, and not all at once', () => {
    fc.assert(
      fc.property(random, fc.integer({ min: 0, max: 60_000 }), (r, retryAfterMs) => {
        const pause = dueAfter({ kind: 'later', retryAfterMs }, 0, pace, NOW, r) - NOW;
        const known = dueAfter({ kind: 'later', retryAfterMs }, pace.window, pace, NOW, r) - NOW;
        expect(known).toBe(Math.max(pause, dueAfter({ kind: 'failed' }, 0, pace, NOW, r) - NOW));
        return pause >= retryAfterMs && pause <= retryAfterMs * 1.25;
      }),
    );
  });
});

describe('firstDue', () => {
  it.each([
    ['never measured', { samples: 0, newestAt: null }, NOW],
    ['a window half full', { samples: 2, newestAt: NOW - 10 }, NOW],
    ['a full and fresh window', { samples: 5, newestAt: NOW - 10_000 }, NOW + 20_000],
    ['a full and old window', { samples: 5, newestAt: NOW - 90_000 }, NOW],
    ['a sample of the future, after the clock was set back', { samples: 5, newestAt: NOW * 2 }, NOW + 30_000],
  ])('%s', (_title, window, expected) => {
    expect(firstDue(window, pace, NOW, 0.5)).toBe(expected);
  });
});
