import type { StorageNode } from '@breakwater/contract/resources';
import { expect, test } from 'vitest';
import { allStorage, nodeState, usedShare } from './node-state.ts';

const node = (change: Partial<StorageNode> = {}): StorageNode => ({
  id: 'x',
  name: 'node-a',
  url: 'http://node-a',
  online: true,
  lastHeartbeatAt: null,
  version: '1',
  health: 'ok',
  healthReason: null,
  totalBytes: 1000,
  freeBytes: 250,
  usedByCopiesBytes: 100,
  copies: 1,
  transfersInFlight: 2,
  draining: false,
  insecureHttp: false,
  createdAt: '2026-01-01T00:00:00Z',
  bandwidth: null,
  ...change,
});

test.each([
  [{}, 'ok'],
  [{ draining: true }, 'draining'],
  [{ draining: true, health: 'degraded' }, 'degraded'],
  [{ health: 'failing', online: false }, 'offline'],
  [{ health: 'unknown' }, 'unknown'],
] as const)('%o is %s', (change, state) => {
  expect(nodeState(node(change))).toBe(state);
});

test('a disk that was not reported has no used share', () => {
  expect(usedShare(node())).toBe(0.75);
  expect(usedShare(node({ freeBytes: null }))).toBeNull();
  expect(usedShare(node({ totalBytes: 0, freeBytes: 0 }))).toBeNull();
});

test('the sum counts only disks that were reported, and who takes new backups', () => {
  const all = [
    node(),
    node({ totalBytes: null, freeBytes: null }),
    node({ draining: true }),
    node({ health: 'failing' }),
    node({ online: false }),
    node({ online: false, fileSystemId: 'a', usedByCopiesBytes: 0 }),
    node({ online: false, fileSystemId: 'a', usedByCopiesBytes: 0 }),
  ];
  expect(allStorage(all)).toEqual({
    totalBytes: 5000,
    freeBytes: 1250,
    usedBytes: 3750,
    backupBytes: 500,
    online: 4,
    accepting: 2,
    transfers: 14,
  });
});
