import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSample,
  emptyWindow,
  isApplicationLimited,
  isStale,
  resizeWindow,
  type SpeedSample,
  transferSampleCounts,
  WINDOW_STALE_MS,
} from './speed-window.ts';

const sample = (bytesPerSecond: number, at = 0): SpeedSample => ({ bytesPerSecond, kind: 'probe', at });
const windowOf = (size: number, speeds: readonly number[]) =>
  speeds.map((speed, at) => sample(speed, at)).reduce(addSample, emptyWindow(size));
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('addSample', () => {
  it.each([
    [[100], 100],
    [[100, 200], 150],
    [[100, 200, 300], 200],
    // Full: 200 − 100/3 + 600/3.
    [[100, 200, 300, 600], 366.666_666],
    [[100, 200, 300, 600, 0], 300],
  ])('a window of three after %j', (speeds, expected) => {
    expect(windowOf(3, speeds).sma).toBeCloseTo(expected, 4);
  });

  it('equals the mean of the last n samples, at every step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 0, max: 1.25e9 }), { minLength: 1, maxLength: 200 }),
        (size, speeds) => {
          let window = emptyWindow(size);
          speeds.forEach((speed, index) => {
            window = addSample(window, sample(speed, index));
            const last = speeds.slice(Math.max(0, index + 1 - size), index + 1);
            expect(window.samples.map((one) => one.bytesPerSecond)).toEqual(last);
            // Rounding only: parts in a billion of the greatest possible speed.
            expect(Math.abs((window.sma ?? Number.NaN) - mean(last))).toBeLessThan(1);
          });
        },
      ),
    );
  });

  it('is never negative and never outside what was measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e10, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (speeds) => {
          const sma = windowOf(5, [...speeds, 0, 0, 0, 0, 0]).sma ?? Number.NaN;
          return sma >= 0 && sma < 1;
        },
      ),
    );
  });

  it('leaves the window it was given as it was', () => {
    const before = windowOf(2, [1, 2]);
    addSample(before, sample(3));
    expect(before.samples.map((one) => one.bytesPerSecond)).toEqual([1, 2]);
  });
});

describe('resizeWindow', () => {
  it('keeps the newest samples and their mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        (speeds, from, to) => {
          const window = resizeWindow(windowOf(from, speeds), to);
          const kept = speeds.slice(-Math.min(from, to));
          expect(window.size).toBe(to);
          expect(window.samples.map((one) => one.bytesPerSecond)).toEqual(kept);
          expect(window.sma).toBeCloseTo(mean(kept), 3);
        },
      ),
    );
  });
});

describe('transferSampleCounts', () => {
  it.each([
    [[], 1, true, true],
    [[100], 50, false, true],
    [[100], 50, true, false],
    [[100], 100, true, false],
    [[100], 101, true, true],
  ])('window %j, sample %d, application-limited %s → %s', (speeds, speed, limited, expected) => {
    expect(transferSampleCounts(windowOf(3, speeds), speed, limited)).toBe(expected);
  });
});

describe('isApplicationLimited', () => {
  it.each([
    ['a sender that waits for the network all the time', true, 5000, 5000, false],
    ['one that computes a little between two packs', true, 4100, 5000, false],
    ['one whose disk gives a pack now and then', true, 900, 5000, true],
    ['one that never fills its socket', false, 5000, 5000, true],
  ])('%s', (_title, wasFull, busyMs, elapsedMs, expected) => {
    expect(isApplicationLimited({ wasFull, busyMs, elapsedMs })).toBe(expected);
  });

  it.each([
    ['a limit on bandwidth holds back', 2000, true],
    ['a limit holds back for moments only', 200, false],
  ])('a sender that %s', (_title, heldMs, expected) => {
    expect(isApplicationLimited({ wasFull: true, busyMs: 5000, elapsedMs: 5000, heldMs })).toBe(expected);
  });
});

describe('isStale', () => {
  it('looks at the newest sample', () => {
    const window = [sample(1, 0), sample(1, 1000)].reduce(addSample, emptyWindow());
    expect(isStale(window, 1000 + WINDOW_STALE_MS)).toBe(false);
    expect(isStale(window, 1001 + WINDOW_STALE_MS)).toBe(true);
    expect(isStale(emptyWindow(), 0)).toBe(true);
  });
});
