import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { nodeFileSystem } from './node-file-system.ts';

it('counts as the size of a volume what is used and what is available, as df does, without what root keeps', async () => {
  const { totalBytes, freeBytes } = await nodeFileSystem.space(tmpdir());
  const row = execFileSync('df', ['-P', '-k', tmpdir()], { encoding: 'utf8' }).trim().split('\n')[1] ?? '';
  const [, , used, available] = row.split(/\s+/).map(Number);
  // What others write meanwhile moves from the one to the other; df rounds each up to a KiB.
  const dfTotal = ((used ?? 0) + (available ?? 0)) * 1024;
  expect(Math.abs(totalBytes - dfTotal)).toBeLessThanOrEqual(2048);
  expect(freeBytes).toBeLessThanOrEqual(totalBytes);
});
