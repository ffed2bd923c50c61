import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

describe('ClockOffset', () => {
  it('is unknown before the first ack and after a reset', () => {
    const clock = new ClockOffset();
    expect(clock.ms).toBeNull();
    clock.note(1000, 500, 20);
    expect(clock.ms).toBe(510);
    clock.reset();
    expect(clock.ms).toBeNull();
  });

  it('is off by no more than half the quickest round trip, however it is split', () => {
    const trips = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 3000 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.integer({ min: -1e7, max: 1e7 }), trips, (offset, legs) => {
        const clock = new ClockOffset();
        legs.forEach(([there, back], at) => {
          const theirs = 1e9 + at * 5000;
          clock.note(theirs + offset, theirs + there, there + back);
        });
        const quickest = Math.min(...legs.map(([there, back]) => there + back));
        return Math.abs((clock.ms ?? Number.NaN) - offset) <= quickest / 2 + 1;
      }),
    );
  });
});
