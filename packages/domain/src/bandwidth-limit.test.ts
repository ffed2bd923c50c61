import { describe, expect, it } from 'vitest';
import {
  type BandwidthLimit,
  type BandwidthWindow,
  leastOf,
  minuteOfDay,
  rateAt,
  rateInForce,
  shareOfRate,
} from './bandwidth-limit.ts';

const MB = 1_000_000;
const weekdays = [1, 2, 3, 4, 5];
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const window = (changes: Partial<BandwidthWindow>): BandwidthWindow => ({
  days: weekdays,
  from: '08:00',
  to: '18:00',
  bytesPerSecond: 2 * MB,
  ...changes,
});
const berlin = (windows: BandwidthWindow[], bytesPerSecond: number | null = null): BandwidthLimit => ({
  bytesPerSecond,
  windows,
  timeZone: 'Europe/Berlin',
});
const office = berlin([window({})]);
const night = berlin([window({ days: [5], from: '22:00', to: '06:00', bytesPerSecond: null })], MB);

describe('the rate in force', () => {
  it.each([
    ['a weekday before eight', office, '2026-11-20T06:59:59Z', null, '2026-11-20T07:00:00Z'],
    ['at eight sharp', office, '2026-11-20T07:00:00Z', 2 * MB, '2026-11-20T17:00:00Z'],
    ['Friday after six, over the weekend', office, '2026-11-20T17:00:00Z', null, '2026-11-23T07:00:00Z'],
    ['Saturday noon', office, '2026-11-21T11:00:00Z', null, '2026-11-23T07:00:00Z'],
    ['a window over midnight, Friday evening', night, '2026-11-20T21:30:00Z', null, '2026-11-21T05:00:00Z'],
    ['the same, Saturday morning', night, '2026-11-21T04:59:00Z', null, '2026-11-21T05:00:00Z'],
    ['the same, a Friday morning', night, '2026-11-20T04:00:00Z', MB, '2026-11-20T21:00:00Z'],
    ['no windows', berlin([], MB), '2026-11-20T12:00:00Z', MB, null],
    [
      'a window that is always there',
      berlin([window({ days: everyDay, from: '00:00', to: '24:00' })]),
      '2026-11-20T12:00:00Z',
      2 * MB,
      null,
    ],
    [
      'a window with the rate outside of it',
      berlin([window({})], 2 * MB),
      '2026-11-20T06:00:00Z',
      2 * MB,
      null,
    ],
    [
      'two that overlap: the least',
      berlin([window({}), window({ to: '12:00', bytesPerSecond: MB })]),
      '2026-11-20T09:00:00Z',
      MB,
      '2026-11-20T11:00:00Z',
    ],
    [
      'one without a limit beside one with',
      berlin([window({ bytesPerSecond: null }), window({})], MB),
      '2026-11-20T09:00:00Z',
      2 * MB,
      '2026-11-20T17:00:00Z',
    ],
    [
      'a zone of half hours',
      { ...office, timeZone: 'Asia/Kolkata' },
      '2026-11-20T02:29:00Z',
      null,
      '2026-11-20T02:30:00Z',
    ],
  ])('%s', (_, limit, now, rate, until) => {
    expect(rateInForce(limit, Date.parse(now))).toEqual({
      bytesPerSecond: rate,
      until: until === null ? null : Date.parse(until),
    });
  });

  // Berlin, 2026: clocks go from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
  it.each([
    [
      'eight is an hour sooner in summer',
      berlin([window({ days: everyDay })]),
      '2026-03-28T17:00:00Z',
      null,
      '2026-03-29T06:00:00Z',
    ],
    [
      'and an hour later again',
      berlin([window({ days: everyDay })]),
      '2026-10-24T16:00:00Z',
      null,
      '2026-10-25T07:00:00Z',
    ],
    [
      'an hour that is skipped',
      berlin([window({ days: [7], from: '02:00', to: '03:00' })]),
      '2026-03-29T00:00:00Z',
      null,
      '2026-04-05T00:00:00Z',
    ],
    [
      'a window that begins in it begins with the hour after',
      berlin([window({ days: [7], from: '02:30', to: '04:00' })]),
      '2026-03-29T00:30:00Z',
      null,
      '2026-03-29T01:00:00Z',
    ],
    [
      'an hour that comes twice, at first',
      berlin([window({ days: [7], from: '02:00', to: '03:00' })]),
      '2026-10-25T00:30:00Z',
      2 * MB,
      '2026-10-25T02:00:00Z',
    ],
    [
      'half of it: there',
      berlin([window({ days: [7], from: '02:00', to: '02:30' })]),
      '2026-10-25T00:10:00Z',
      2 * MB,
      '2026-10-25T00:30:00Z',
    ],
    [
      'half of it: gone, and back when the clock is',
      berlin([window({ days: [7], from: '02:00', to: '02:30' })]),
      '2026-10-25T00:40:00Z',
      null,
      '2026-10-25T01:00:00Z',
    ],
    [
      'half of it: there again',
      berlin([window({ days: [7], from: '02:00', to: '02:30' })]),
      '2026-10-25T01:10:00Z',
      2 * MB,
      '2026-10-25T01:30:00Z',
    ],
  ])('when clocks change: %s', (_, limit, now, rate, until) => {
    expect(rateInForce(limit, Date.parse(now))).toEqual({ bytesPerSecond: rate, until: Date.parse(until) });
  });

  it('is the same in every minute of a year as what its changes say', () => {
    const limit = berlin([
      window({}),
      window({ days: [6, 7], from: '23:15', to: '02:45', bytesPerSecond: MB }),
    ]);
    const end = Date.parse('2027-01-01T00:00:00Z');
    let at = Date.parse('2026-01-01T00:00:00Z');
    for (let changes = 0; at < end; changes += 1) {
      const { bytesPerSecond, until } = rateInForce(limit, at);
      const next = until ?? end;
      expect(next).toBeGreaterThan(at);
      for (let minute = at; minute < next; minute += 53 * 60_000)
        expect(rateAt(limit, minute)).toBe(bytesPerSecond);
      expect(rateAt(limit, next)).not.toBe(bytesPerSecond);
      at = next;
      expect(changes).toBeLessThan(1500);
    }
  });
});

it.each([
  [[], null],
  [[null, null], null],
  [[null, 5, 3, 4], 3],
])('the least of %j is %j', (rates, least) => {
  expect(leastOf(rates.map((bytesPerSecond) => ({ bytesPerSecond })))?.bytesPerSecond ?? null).toBe(least);
});

it.each([
  [null, 3, null],
  [900, 3, 300],
  [900, 0, 900],
])('of %j a second each of %i may take %j', (rate, users, share) => {
  expect(shareOfRate(rate, users)).toBe(share);
});

it.each([
  ['00:00', 0],
  ['08:30', 510],
  ['24:00', 1440],
  ['24:01', null],
  ['8:00', null],
  ['12:60', null],
])('%s is minute %j of a day', (text, minute) => {
  expect(minuteOfDay(text)).toBe(minute);
});
