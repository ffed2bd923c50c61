import { PROBE_MEASURE_BYTES, PROBE_WARMUP_BYTES } from '@breakwater/contract/storage-api';
import { describe, expect, it } from 'vitest';
import { ProbeMeter } from './probe-meter.ts';

const CHUNK = 64 * 1024;

describe('ProbeMeter', () => {
  it('drops the first 512 KiB, then measures for 500 ms', () => {
    const meter = new ProbeMeter(0);
    // 64 KiB each 10 ms: the warm-up's last chunk arrives at 80.
    for (let at = 10; at <= 580; at += 10) meter.arrived(CHUNK, at);
    expect(meter.remainingMs(570)).toBe(10);
    expect(meter.remainingMs(580)).toBe(0);
    expect(meter.result(580, false)).toEqual({
      bytes: 58 * CHUNK,
      receiveMs: 580,
      measuredBytes: 50 * CHUNK,
      measuredMs: 500,
    });
  });

  it('ends the warm-up of a slow line after a second', () => {
    const meter = new ProbeMeter(0);
    for (let at = 100; at <= 1500; at += 100) meter.arrived(20_000, at);
    expect(meter.remainingMs(1500)).toBe(0);
    // What arrives with the second's end is the first that counts.
    expect(meter.result(1500, false)).toEqual({
      bytes: 300_000,
      receiveMs: 1500,
      measuredBytes: 120_000,
      measuredMs: 500,
    });
  });

  it('goes on until a very slow line has brought more than a few packets', () => {
    const meter = new ProbeMeter(0);
    let at = 0;
    for (; at < 1000 || meter.remainingMs(at) > 0; at += 100) meter.arrived(10_000, at + 100);
    expect(at).toBe(1600);
    const { measuredBytes, measuredMs } = meter.result(at, false);
    // The first of them is the one that came with the second's end.
    expect([measuredBytes, measuredMs]).toEqual([70_000, 600]);
  });

  it('has enough after 64 MiB', () => {
    const meter = new ProbeMeter(0);
    meter.arrived(PROBE_WARMUP_BYTES, 5);
    meter.arrived(PROBE_MEASURE_BYTES - 1, 50);
    expect(meter.remainingMs(50)).toBeGreaterThan(0);
    meter.arrived(1, 60);
    expect(meter.remainingMs(60)).toBe(0);
    expect(meter.result(61, false)).toMatchObject({ measuredBytes: PROBE_MEASURE_BYTES, measuredMs: 56 });
  });

  it('does not count the silence after a body that ended', () => {
    const meter = new ProbeMeter(0);
    meter.arrived(PROBE_WARMUP_BYTES, 10);
    meter.arrived(1000, 20);
    expect(meter.result(400, true)).toEqual({
      bytes: PROBE_WARMUP_BYTES + 1000,
      receiveMs: 20,
      measuredBytes: 1000,
      measuredMs: 10,
    });
  });

  it('has measured nothing of a body that ended within the warm-up', () => {
    const meter = new ProbeMeter(0);
    meter.arrived(1000, 20);
    expect(meter.result(21, true)).toEqual({ bytes: 1000, receiveMs: 20, measuredBytes: 0, measuredMs: 0 });
  });

  it('never waits longer than three seconds', () => {
    const meter = new ProbeMeter(0);
    expect(meter.remainingMs(0)).toBe(1500);
    expect(meter.remainingMs(1400)).toBe(1600);
    expect(meter.remainingMs(3000)).toBe(0);
    expect(meter.result(3000, false)).toMatchObject({ bytes: 0, measuredBytes: 0, measuredMs: 2000 });
  });
});
