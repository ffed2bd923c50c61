import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGoTime, goTimeToMs, localGoTime, localGoTimeFromMs, parseGoTime } from './go-time.ts';

// Read by localGoTime when it first looks up an offset.
process.env.TZ = 'Asia/Kathmandu';

const at = (ns: bigint, offsetSeconds = 0) => ({ ns, offsetSeconds });

describe('formatGoTime', () => {
  it.each([
    [0n, 0, '1970-01-01T00:00:00Z'],
    [1n, 0, '1970-01-01T00:00:00.000000001Z'],
    [-1n, 0, '1969-12-31T23:59:59.999999999Z'],
    [1_500_000_000n, 3600, '1970-01-01T01:00:01.5+01:00'],
    [1_420_218_650_895_208_559n, 3600, '2015-01-02T18:10:50.895208559+01:00'],
    [951_782_400_000_000_000n, -12_600, '2000-02-28T20:30:00-03:30'],
    [-62_135_596_800_000_000_000n, 0, '0001-01-01T00:00:00Z'],
    [253_402_300_799_999_999_999n, 0, '9999-12-31T23:59:59.999999999Z'],
  ])('writes %s ns at %s s as %s', (ns, offset, text) => {
    expect(formatGoTime(at(ns, offset))).toBe(text);
    expect(parseGoTime(text, 'test')).toEqual(at(ns, offset));
  });

  it('clamps years that Go refuses, as restic does', () => {
    expect(formatGoTime(at(300_000_000_000n * 1_000_000_000n))).toMatch(/^9999-/);
    expect(formatGoTime(at(-300_000_000_000n * 1_000_000_000n))).toMatch(/^0000-/);
  });
});

describe('localGoTime', () => {
  it('takes the offset of the zone at that instant', () => {
    expect(formatGoTime(localGoTime(1_700_000_000_123_000_000n))).toBe('2023-11-15T03:58:20.123+05:45');
    expect(formatGoTime(localGoTime(0n))).toBe('1970-01-01T05:30:00+05:30');
  });

  it('keeps the instant where the zone was off by odd seconds', () => {
    const time = localGoTime(-3_000_000_000n * 1_000_000_000n);
    expect(time.offsetSeconds).toBe(5 * 3600 + 41 * 60);
    expect(parseGoTime(formatGoTime(time), 'test').ns).toBe(time.ns);
  });

  it('goes to milliseconds and back', () => {
    for (const ms of [0, -1, 1_700_000_000_123, -1_700_000_000_123]) {
      expect(goTimeToMs(localGoTimeFromMs(ms))).toBe(ms);
    }
  });
});

describe('parseGoTime', () => {
  it('reads what formatGoTime writes', () => {
    const ns = fc.bigInt({ min: -62_100_000_000n * 1_000_000_000n, max: 253_400_000_000n * 1_000_000_000n });
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(ns, minutes, (instant, offset) => {
        const time = at(instant, offset * 60);
        expect(parseGoTime(formatGoTime(time), 'test')).toEqual(time);
      }),
    );
  });

  it.each([
    '',
    '2015-01-02',
    '2015-13-02T18:10:50Z',
    '2015-02-29T18:10:50Z',
    '2015-01-02T24:10:50Z',
    '2015-01-02T18:10:50',
    '2015-01-02T18:10:50.Z',
    '2015-01-02T18:10:50+1:00',
    '2015-01-02T18:10:50+01:60',
    '2015-01-02 18:10:50Z',
    '2015-01-02T18:10:50Zx',
    'aaaa-bb-ccTdd:ee:ffZ',
    null,
    17,
  ])('refuses %j', (text) => {
    expect(() => parseGoTime(text, 'snapshot 1234')).toThrow(/snapshot 1234/);
  });
});
