import { expect, it } from 'vitest';
import { RunLocks } from './run-locks.ts';

it('knows the lock files that may be there', () => {
  const locks = new RunLocks();
  locks.locked('node-a', 'first');
  locks.locked('node-a', 'refreshed');
  expect(locks.all).toEqual([{ nodeId: 'node-a', name: 'refreshed' }]);
  locks.leftBehind('node-a');
  locks.leftBehind('node-a');
  locks.locked('node-b', 'other');
  locks.locked('node-a', 'again');
  locks.released('node-a');
  expect(locks.all).toEqual([
    { nodeId: 'node-a', name: 'refreshed' },
    { nodeId: 'node-b', name: 'other' },
  ]);
  locks.released('node-b');
  expect(locks.all).toHaveLength(1);
});
