import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitTarget } from './restore-target.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  await mkdir(join(folder, 'empty'));
  await mkdir(join(folder, 'used'));
  await writeFile(join(folder, 'used', 'file'), 'x');
  await writeFile(join(folder, 'file'), 'x');
  await symlink(join(folder, 'used'), join(folder, 'link'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('admitTarget', () => {
  it.each([
    ['empty', 'fresh'],
    ['new/and deep', 'fresh'],
  ])('lets a restore into %s', async (name, expected) => {
    expect(await admitTarget(join(folder, name), false)).toBe(expected);
  });

  it.each([
    ['used', 'target-not-empty'],
    ['link', 'target-not-empty'],
    ['file', 'target-not-allowed'],
    ['file/below', 'target-not-allowed'],
  ])('keeps a restore out of %s', async (name, code) => {
    await expect(admitTarget(join(folder, name), false)).rejects.toMatchObject({ code });
  });

  it('lets it in anywhere when the command line says so, but only by an absolute path', async () => {
    expect(await admitTarget(join(folder, 'used'), true)).toBe('anywhere');
    await expect(admitTarget('relative', true)).rejects.toMatchObject({ code: 'target-not-allowed' });
    await expect(admitTarget('/a\0b', true)).rejects.toMatchObject({ code: 'target-not-allowed' });
  });
});
