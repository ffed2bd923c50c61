import { expect, test } from 'vitest';
import { careOutcome } from './care-outcome.ts';

test.each([
  ['check', { bytesProcessed: 0 }, { kind: 'sound' }],
  ['check', { bytesProcessed: 5 }, { kind: 'read', bytes: 5 }],
  ['check', {}, null],
  ['forget', { snapshotsForgotten: 0 }, { kind: 'forgotten', count: 0 }],
  ['forget', {}, null],
  ['prune', { bytesFreed: 0, packsRemoved: 0 }, { kind: 'nothingToFree' }],
  // Packs of index entries that nothing needs may be small.
  ['prune', { bytesFreed: 0, packsRemoved: 2 }, { kind: 'freed', bytes: 0, packs: 2 }],
  ['prune', { bytesFreed: 9 }, null],
] as const)('a %s with %j came to %j', (kind, stats, outcome) => {
  expect(careOutcome(kind, stats)).toEqual(outcome);
});
