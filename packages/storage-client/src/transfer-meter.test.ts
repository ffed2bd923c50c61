import { describe, expect, it } from 'vitest';
import { TransferMeter } from './transfer-meter.ts';

const MIB = 1024 * 1024;

function metered() {
  const clock = { now: 0 };
  return { clock, meter: new TransferMeter(() => clock.now) };
}

describe('TransferMeter', () => {
  it('counts only the time with a body on its way', () => {
    const { clock, meter } = metered();
    for (let pack = 0; pack < 2; pack += 1) {
      meter.uploadBegan();
      meter.sent(4 * MIB, true);
      clock.now += 500;
      meter.uploadEnded();
      clock.now += 10_000;
    }
    // And that there was so little of it says that the network was not what it waited for.
    expect(meter.takeSample()).toEqual({ bytesPerSecond: 8 * MIB, applicationLimited: true });
    clock.now += 60_000;
    meter.uploadBegan();
    meter.sent(4 * MIB, true);
    clock.now += 1000;
    meter.uploadEnded();
    expect(meter.takeSample()).toEqual({ bytesPerSecond: 4 * MIB, applicationLimited: false });
  });

  it('does not count overlapping uploads twice', () => {
    const { clock, meter } = metered();
    meter.uploadBegan();
    clock.now += 500;
    meter.uploadBegan();
    clock.now += 500;
    meter.uploadEnded();
    meter.sent(6 * MIB, true);
    clock.now += 1000;
    expect(meter.takeSample()?.bytesPerSecond).toBe(3 * MIB);
    // The upload in flight goes on in the next sample, from now on.
    meter.sent(2 * MIB, true);
    clock.now += 1000;
    meter.uploadEnded();
    expect(meter.takeSample()?.bytesPerSecond).toBe(2 * MIB);
  });

  it('is application-limited when a limit held it back, in the sample in which it did', () => {
    const { clock, meter } = metered();
    meter.uploadBegan();
    for (const heldMs of [600, 0]) {
      meter.sent(2 * MIB, true);
      if (heldMs > 0) meter.heldBack(heldMs);
      clock.now += 1000;
      expect(meter.takeSample()).toEqual({ bytesPerSecond: 2 * MIB, applicationLimited: heldMs > 0 });
    }
  });

  it('is application-limited when the socket was never full', () => {
    const { clock, meter } = metered();
    meter.uploadBegan();
    meter.sent(2 * MIB, false);
    clock.now += 1000;
    expect(meter.takeSample()).toMatchObject({ applicationLimited: true });
    meter.sent(2 * MIB, true);
    meter.sent(2 * MIB, false);
    clock.now += 1000;
    expect(meter.takeSample()).toMatchObject({ applicationLimited: false });
  });

  it('waits for enough before it says anything, and loses nothing meanwhile', () => {
    const { clock, meter } = metered();
    meter.uploadBegan();
    clock.now += 400;
    meter.sent(MIB, true);
    expect(meter.takeSample()).toBeNull();
    clock.now += 600;
    meter.sent(MIB, true);
    expect(meter.takeSample()?.bytesPerSecond).toBe(2 * MIB);
    clock.now += 5000;
    expect(meter.takeSample()).toBeNull();
    expect(meter.sentBytes).toBe(2 * MIB);
  });
});
