import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePacks, parseCheckSubset } from './check-subset.ts';

describe('parseCheckSubset', () => {
  it.each([
    ['1/1', { kind: 'group', group: 1, of: 1 }],
    ['7/256', { kind: 'group', group: 7, of: 256 }],
    ['100%', { kind: 'percent', percent: 100 }],
    ['2.5%', { kind: 'percent', percent: 2.5 }],
    ['1', { kind: 'bytes', bytes: 1 }],
    ['5k', { kind: 'bytes', bytes: 5120 }],
    ['50M', { kind: 'bytes', bytes: 50 * 1024 ** 2 }],
    ['3G', { kind: 'bytes', bytes: 3 * 1024 ** 3 }],
    ['2t', { kind: 'bytes', bytes: 2 * 1024 ** 4 }],
  ])('understands %s', (text, subset) => {
    expect(parseCheckSubset(text)).toEqual({ ok: true, subset });
  });

  it.each([
    '',
    '0/1',
    '2/1',
    '1/0',
    '1/257',
    '1/2/3',
    '0%',
    '101%',
    '-1%',
    '%',
    '0',
    '-5',
    '5X',
    '1e3',
    'all',
  ])('refuses %j', (text) => {
    expect(parseCheckSubset(text)).toMatchObject({ ok: false });
  });
});

const packs = Array.from({ length: 256 }, (_, first) => ({
  packId: first.toString(16).padStart(2, '0').padEnd(64, '0'),
  size: 1000 + first,
}));

describe('choosePacks', () => {
  it('divides by the first byte: the groups are apart and together everything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (of) => {
        const groups = Array.from({ length: of }, (_, at) =>
          choosePacks(packs, { kind: 'group', group: at + 1, of }, Math.random),
        );
        expect(groups.flat().length).toBe(packs.length);
        expect(new Set(groups.flat()).size).toBe(packs.length);
      }),
    );
    const second = choosePacks(packs, { kind: 'group', group: 2, of: 5 }, Math.random);
    expect(second.map(({ packId }) => packId.slice(0, 2))).toEqual(
      expect.arrayContaining(['01', '06', 'fb']),
    );
  });

  it.each([
    [{ kind: 'percent', percent: 25 } as const, 64],
    [{ kind: 'percent', percent: 0.01 } as const, 1],
    [{ kind: 'percent', percent: 100 } as const, 256],
    [{ kind: 'bytes', bytes: 1 } as const, 1],
    [{ kind: 'bytes', bytes: packs.reduce((sum, { size }) => sum + size, 0) / 2 } as const, 128],
    [{ kind: 'bytes', bytes: 1e12 } as const, 256],
  ])('takes as many as %j means, whichever the dice choose', (subset, count) => {
    const seen = new Set<string>();
    for (const seed of [0, 0.3, 0.999]) {
      const chosen = choosePacks(packs, subset, () => seed);
      expect(chosen).toHaveLength(count);
      expect(new Set(chosen).size).toBe(count);
      seen.add(JSON.stringify(chosen));
    }
    if (count < 256) expect(seen.size).toBeGreaterThan(1);
  });

  it('takes none of none', () => {
    expect(choosePacks([], { kind: 'percent', percent: 50 }, Math.random)).toEqual([]);
    expect(choosePacks([], { kind: 'bytes', bytes: 50 }, Math.random)).toEqual([]);
  });
});
