import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateBytesToSend, type PastBackup } from './estimate-bytes.ts';

const copies = [
  { nodeId: 'a', leftoverBytes: 0 },
  { nodeId: 'b', leftoverBytes: 0 },
];
const backup = (storedBytes: number, ...nodeIds: string[]): PastBackup => ({
  bytes: null,
  storedBytes,
  nodeIds,
});
const whole = (...past: PastBackup[]) => ({ past, fromStart: true });

describe('estimateBytesToSend', () => {
  it('knows nothing before the first backup', () => {
    expect([...estimateBytesToSend(whole(), copies).values()]).toEqual([null, null]);
  });

  it('takes a copy without a snapshot to lack a full backup', () => {
    const estimate = estimateBytesToSend(whole(backup(1000, 'a')), copies);
    expect(estimate.get('b')).toBe(1000);
    expect(estimate.get('a')).toBe(50);
  });

  it('takes the median of what was new, and what each run that a copy has missed had found new', () => {
    const past = [backup(1000, 'a'), backup(1000, 'b'), backup(60, 'a'), backup(10, 'a'), backup(20, 'a')];
    const estimate = estimateBytesToSend(whole(...past), copies);
    // The 60 are of two runs: the one that went to b, and its own.
    expect(estimate.get('a')).toBe(20);
    expect(estimate.get('b')).toBe(30 + 10 + 20 + 20);
  });

  it('knows that a copy lacks the one large change that went elsewhere', () => {
    const past = [backup(9000, 'a'), backup(9000, 'b', 'a'), backup(20, 'a', 'b'), backup(4000, 'a')];
    const estimate = estimateBytesToSend(whole(...past, backup(20, 'a'), backup(20, 'a')), copies);
    expect(estimate.get('a')).toBe(20);
    expect(estimate.get('b')).toBe(4000 + 20 + 20 + 20);
  });

  it('lies between nothing and a full backup, and never shrinks by missing one more', () => {
    const any = fc.record({
      bytes: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null }),
      storedBytes: fc.integer({ min: 0, max: 1e12 }),
      nodeIds: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 60 }), fc.boolean(), (past, fromStart) => {
        const estimate = estimateBytesToSend({ past, fromStart }, copies);
        const most = Math.max(...past.flatMap(({ bytes, storedBytes }) => [bytes ?? 0, storedBytes]));
        for (const lacks of estimate.values()) {
          expect(Number.isInteger(lacks)).toBe(true);
          expect(lacks).toBeGreaterThanOrEqual(0);
          expect(lacks).toBeLessThanOrEqual(most);
        }
        const newest = past.at(-1)?.nodeIds ?? [];
        if (newest.includes('a') && !newest.includes('b')) {
          expect(estimate.get('a')).toBeLessThanOrEqual(estimate.get('b') ?? 0);
        }
      }),
    );
  });

  it('never exceeds a full backup', () => {
    const increments = Array.from({ length: 9 }, () => backup(60, 'a'));
    const estimate = estimateBytesToSend(whole(backup(100, 'b'), backup(100, 'a'), ...increments), copies);
    expect(estimate.get('b')).toBe(100);
  });

  it('counts what a broken run has left behind', () => {
    const estimate = estimateBytesToSend(whole(backup(1000, 'a')), [{ nodeId: 'b', leftoverBytes: 700 }]);
    expect(estimate.get('b')).toBe(300);
  });

  it('takes what the last run read for a full backup when the first one is too long ago', () => {
    const past = Array.from({ length: 50 }, () => ({ bytes: 5000, storedBytes: 60, nodeIds: ['a'] }));
    const estimate = estimateBytesToSend({ past, fromStart: false }, copies);
    expect(Object.fromEntries(estimate)).toEqual({ a: 60, b: 5000 });
  });
});
