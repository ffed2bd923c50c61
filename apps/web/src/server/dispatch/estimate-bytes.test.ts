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

  it('takes the median increment, and one for each snapshot that a copy has missed', () => {
    const past = [backup(1000, 'a'), backup(1000, 'b'), backup(30, 'a'), backup(10, 'a'), backup(20, 'a')];
    const estimate = estimateBytesToSend(whole(...past), copies);
    expect(estimate.get('a')).toBe(20);
    expect(estimate.get('b')).toBe(4 * 20);
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
