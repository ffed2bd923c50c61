import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileSystemId } from './file-system-id.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is the same for two folders of one file system', async () => {
  const folders = [join(folder, 'a'), join(folder, 'b')];
  for (const one of folders) await mkdir(one);
  const [first, second] = await Promise.all(folders.map(fileSystemId));
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).toBe(first);
});

it('is another for another file system', async () => {
  expect((await stat('/proc')).dev).not.toBe((await stat(folder)).dev);
  expect(await fileSystemId('/proc')).not.toBe(await fileSystemId(folder));
});
