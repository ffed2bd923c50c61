import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browseAnswer, previewAnswer } from '@breakwater/contract/agent-messages';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRoot } from '../testing/nasty-tree.ts';
import { makeFolder, removeFolder } from '../testing/work-repository.ts';
import { browse } from './browse.ts';
import { preview } from './preview.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
  mkdirSync(join(folder, 'zoo'));
  writeFileSync(join(folder, 'zoo', 'inside'), '12345');
  writeFileSync(join(folder, 'a file'), '123');
  symlinkSync('nowhere', join(folder, 'link'));
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/raw `), Buffer.of(0xff)]), '');
});
afterEach(() => removeFolder(folder));

describe('browse', () => {
  it('lists folders first, with types, sizes and names as restic quotes them', async () => {
    const answer = await browse(`${folder}/zoo/../`);
    expect(browseAnswer.parse(answer)).toEqual(answer);
    expect(answer.path).toBe(folder);
    expect(answer.entries.map(({ name, type, size }) => ({ name, type, size }))).toEqual([
      { name: 'zoo', type: 'dir', size: 0 },
      { name: 'a file', type: 'file', size: 3 },
      { name: 'link', type: 'symlink', size: 0 },
      { name: 'raw \\xff', type: 'file', size: 0 },
    ]);
    expect(answer.truncated).toBe(false);
  });

  it('cuts a long list and says so', async () => {
    for (let at = 0; at < 2001; at++) writeFileSync(join(folder, 'zoo', `f${at}`), '');
    const { entries, truncated } = await browse(join(folder, 'zoo'));
    expect([entries.length, truncated]).toEqual([2000, true]);
  });

  it.each([
    ['missing', 'path-not-found'],
    ['a file', 'path-not-found'],
  ])('refuses %s', async (name, code) => {
    await expect(browse(join(folder, name))).rejects.toMatchObject({ code });
  });

  it('refuses a relative path', async () => {
    await expect(browse('etc')).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('preview', () => {
  const run = (paths: string[], excludes: string[], budgetMs = 60_000) =>
    preview({ paths, excludes }, new AbortController().signal, budgetMs);
  const above = (): number => folder.split('/').length - 2;

  it('counts what a backup would take', async () => {
    const answer = await run([folder], []);
    expect(previewAnswer.parse(answer)).toEqual(answer);
    expect(answer).toEqual({ files: 3, dirs: 2 + above(), bytes: 8, unreadable: 0, complete: true });
    expect(await run([folder], ['inside'])).toMatchObject({ files: 2, bytes: 3 });
  });

  it.skipIf(asRoot)('counts what cannot be read (needs an ordinary user)', async () => {
    chmodSync(join(folder, 'a file'), 0);
    expect(await run([folder], [])).toMatchObject({ files: 2, unreadable: 1 });
  });

  it('ends when its time is up, and when it is cancelled', async () => {
    expect(await run([folder], [], -1)).toMatchObject({ complete: false });
    const cancelled = preview({ paths: [folder], excludes: [] }, AbortSignal.abort(), 1000);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses a path that does not exist', async () => {
    await expect(run([join(folder, 'missing')], [])).rejects.toMatchObject({ code: 'path-not-found' });
  });
});
