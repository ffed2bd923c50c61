import { describe, expect, it } from 'vitest';
import { estimateBytesToSend } from './estimate-bytes.ts';

const copies = [
  { nodeId: 'a', bytes: 1000 },
  { nodeId: 'b', bytes: 0 },
];

describe('estimateBytesToSend', () => {
  it('knows nothing before the first backup', () => {
    expect([...estimateBytesToSend([], copies).values()]).toEqual([null, null]);
  });

  it('takes a copy without a snapshot to lack a full backup', () => {
    const estimate = estimateBytesToSend([{ storedBytes: 1000, nodeIds: ['a'] }], copies);
    expect(estimate.get('b')).toBe(1000);
    expect(estimate.get('a')).toBe(50);
  });

  it('takes the median increment, and one for each snapshot that a copy has missed', () => {
    const past = [
      { storedBytes: 1000, nodeIds: ['a'] },
      { storedBytes: 1000, nodeIds: ['b'] },
      { storedBytes: 30, nodeIds: ['a'] },
      { storedBytes: 10, nodeIds: ['a'] },
      { storedBytes: 20, nodeIds: ['a'] },
    ];
    const estimate = estimateBytesToSend(past, copies);
    expect(estimate.get('a')).toBe(20);
    expect(estimate.get('b')).toBe(4 * 20);
  });

  it('never exceeds a full backup', () => {
    const past = [
      { storedBytes: 100, nodeIds: ['b'] },
      { storedBytes: 100, nodeIds: ['a'] },
      ...Array.from({ length: 9 }, () => ({ storedBytes: 60, nodeIds: ['a'] })),
    ];
    expect(estimateBytesToSend(past, copies).get('b')).toBe(100);
  });

  it('counts what a broken run has left behind', () => {
    const past = [{ storedBytes: 1000, nodeIds: ['a'] }];
    const estimate = estimateBytesToSend(past, [{ nodeId: 'b', bytes: 700 }]);
    expect(estimate.get('b')).toBe(300);
  });
});
