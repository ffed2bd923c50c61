import { describe, expect, it } from 'vitest';
import { disksSharedWith, type ReportedDisk, storageTotals } from './storage-totals.ts';

const disk = (more: Partial<ReportedDisk> = {}): ReportedDisk => ({
  fileSystemId: null,
  totalBytes: 1000,
  freeBytes: 250,
  lastHeartbeatAt: '2026-11-22T12:00:00.000Z',
  ...more,
});

describe('storageTotals', () => {
  it('counts a file system once, as it was reported last', () => {
    const older = disk({ fileSystemId: 'a', freeBytes: 300, lastHeartbeatAt: '2026-11-22T11:00:00.000Z' });
    const newer = disk({ fileSystemId: 'a', freeBytes: 200 });
    const other = disk({ fileSystemId: 'b' });
    const total = { totalBytes: 2000, freeBytes: 450 };
    expect(storageTotals([older, newer, other])).toEqual(total);
    expect(storageTotals([newer, other, older])).toEqual(total);
  });

  it('takes a disk that nobody identifies for one of its own', () => {
    expect(storageTotals([disk(), disk(), disk({ fileSystemId: undefined })])).toEqual({
      totalBytes: 3000,
      freeBytes: 750,
    });
  });

  it('leaves out what was not reported, also when it shares a disk with what was', () => {
    const silent = disk({ fileSystemId: 'a', totalBytes: null, lastHeartbeatAt: '2026-11-22T13:00:00.000Z' });
    expect(storageTotals([silent, disk({ fileSystemId: 'a' })])).toEqual({
      totalBytes: 1000,
      freeBytes: 250,
    });
    expect(storageTotals([])).toEqual({ totalBytes: 0, freeBytes: 0 });
  });
});

it('disksSharedWith names the others on the same file system', () => {
  const a = { name: 'a', fileSystemId: 'x' };
  const nodes = [a, { name: 'b', fileSystemId: 'x' }, { name: 'c', fileSystemId: 'y' }];
  expect(disksSharedWith(a, nodes)).toEqual(['b']);
  expect(
    disksSharedWith({ name: 'd', fileSystemId: null }, [...nodes, { name: 'e', fileSystemId: null }]),
  ).toEqual([]);
});
