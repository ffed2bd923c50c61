import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ScheduledRate } from './scheduled-rate.ts';

const limit = {
  bytesPerSecond: 8_000_000,
  windows: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', bytesPerSecond: 2_000_000 }],
  timeZone: 'UTC',
};
let rate: ScheduledRate;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T07:59:00Z') });
  rate = new ScheduledRate();
});
afterEach(() => {
  rate.close();
  vi.useRealTimers();
});

it('changes by itself when hours begin and end, each way alike', () => {
  expect(rate.bytesPerSecond).toBeNull();
  rate.set(limit, Date.now);
  expect([rate.bytesPerSecond, rate.until]).toEqual([8_000_000, Date.parse('2026-11-23T08:00:00Z')]);
  vi.advanceTimersByTime(59_999);
  expect(rate.bytesPerSecond).toBe(8_000_000);
  vi.advanceTimersByTime(2);
  expect([rate.upload.bytesPerSecond, rate.download.bytesPerSecond]).toEqual([2_000_000, 2_000_000]);
  vi.advanceTimersByTime(10 * 3_600_000);
  expect(rate.bytesPerSecond).toBe(8_000_000);
});

it('goes by the clock that it is given, and is divided among those who share it', () => {
  rate.set(limit, () => Date.now() + 3_600_000, 4);
  expect(rate.bytesPerSecond).toBe(500_000);
  rate.set(limit, () => Date.now() + 3_600_000);
  expect(rate.bytesPerSecond).toBe(2_000_000);
  rate.set(null, Date.now);
  expect([rate.bytesPerSecond, rate.until]).toEqual([null, null]);
});
