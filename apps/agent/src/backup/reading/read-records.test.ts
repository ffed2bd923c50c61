import { expect, it } from 'vitest';
import { type ReadRecord, ReadRecords } from './read-records.ts';

const stat = {
  ...{ mode: 0o100644n, uid: 4_294_967_294n, gid: 0n, size: 2n ** 53n + 1n, nlink: 3n },
  ...{ ino: 2n ** 64n - 1n, dev: 2n ** 63n, rdev: 7n },
  ...{ atimeNs: -1n, mtimeNs: -(2n ** 62n), ctimeNs: 1_700_000_000_123_456_789n },
};

it('gives back what was put, whichever came before', () => {
  const memory = { buffer: new SharedArrayBuffer(65_536) };
  const records = new ReadRecords(memory, 4096, 5);
  const made: ReadRecord[] = [
    { got: 'content', stat, bytes: 12_345, id: '0123456789abcdef'.repeat(4) },
    { got: 'other' },
    { got: 'content', stat: { ...stat, mtimeNs: 0n }, bytes: 0, id: '' },
    { got: 'error' },
    { got: 'content', stat, bytes: 1, id: 'f'.repeat(64) },
  ];
  for (const turn of [made, made.toReversed()]) {
    for (const [n, record] of turn.entries()) records.put(n, record);
    const others = new ReadRecords(memory, 4096, 5);
    expect(turn.map((_, n) => others.get(n))).toEqual(turn);
  }
});

it('gives back times that nanoseconds in a word cannot say', () => {
  const memory = { buffer: new SharedArrayBuffer(4096) };
  const records = new ReadRecords(memory, 0, 1);
  const far = {
    ...stat,
    atimeNs: -(2n ** 63n) - 1n,
    mtimeNs: 15_032_385_535_000_000_001n,
    ctimeNs: -11_676_096_000_000_000_000n * 2n,
  };
  const record: ReadRecord = { got: 'content', stat: far, bytes: 1, id: 'f'.repeat(64) };
  records.put(0, record);
  expect(records.get(0)).toEqual(record);
});
