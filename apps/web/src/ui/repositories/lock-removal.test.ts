import { expect, test } from 'vitest';
import { lockRemoval } from './lock-removal.ts';

test.each([
  ['of a run that goes on', { runId: 'a', stale: false }, ['a', 'b'], 'not-while-it-runs'],
  ['of a run that goes on and slept', { runId: 'a', stale: true }, ['a'], 'not-while-it-runs'],
  ['of a run of which nothing is known yet', { runId: 'a', stale: false }, null, 'not-while-it-runs'],
  ['of a run that has ended', { runId: 'a', stale: false }, ['b'], 'of-ended-run'],
  ['of stock restic', { runId: null, stale: false }, null, 'of-somebody-else'],
  ['that nobody refreshes', { runId: null, stale: true }, [], 'stale'],
] as const)('a lock %s', (_, lock, active, removal) => {
  expect(lockRemoval(lock, active)).toBe(removal);
});
