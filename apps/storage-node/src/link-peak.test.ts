import { describe, expect, it } from 'vitest';
import { LinkPeak } from './link-peak.ts';

describe('LinkPeak', () => {
  it('is the best five seconds of a day', () => {
    let now = 0;
    const peak = new LinkPeak(() => now);
    expect(peak.bytesPerSecond()).toBe(0);
    const pass = (seconds: number, bytesPerSecond: number) => {
      for (let second = 0; second < seconds; second += 1) {
        peak.arrived(bytesPerSecond);
        now += 1000;
      }
    };
    pass(20, 700);
    pass(1, 5000);
    pass(9, 100);
    // The burst of one second is part of its span only.
    expect(peak.bytesPerSecond()).toBe((5000 + 4 * 100) / 5);
    now += 3_600_000;
    pass(10, 900);
    expect(peak.bytesPerSecond()).toBe(1080);
    now += 23 * 3_600_000;
    expect(peak.bytesPerSecond()).toBe(900);
    now += 3_600_000;
    expect(peak.bytesPerSecond()).toBe(0);
  });
});
