import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileKind } from '@breakwater/restic-format/pack-store';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { holdLock } from '../backup/lock-keeper.ts';
import { DirectoryStore } from '../store/directory-store.ts';
import { repoInProcess } from '../testing/repo-in-process.ts';
import { createRepository, makeFolder, openWithIndex, removeFolder } from '../testing/work-repository.ts';

let folder: string;
let repository: string;
let access: string[];
let restic: StockRestic;
beforeEach(async () => {
  folder = await makeFolder();
  repository = join(folder, 'repository');
  restic = new StockRestic(folder);
  await createRepository(repository);
  writeFileSync(join(folder, 'password'), PASSWORD);
  access = ['-r', repository, '-p', join(folder, 'password')];
  mkdirSync(join(folder, 'source'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await removeFolder(folder);
});

const HALF_AN_HOUR = 31 * 60_000;

/** Stops the world after the first write of `kind` for half an hour, in which others remove our lock and prune. */
function pauseAfterFirst(kind: FileKind): { paused: () => boolean } {
  const now = Date.now.bind(Date);
  let offset = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + offset);
  const write = DirectoryStore.prototype.write;
  let paused = false;
  vi.spyOn(DirectoryStore.prototype, 'write').mockImplementation(async function (
    this: DirectoryStore,
    ...args: Parameters<typeof write>
  ) {
    await write.apply(this, args);
    if (args[0] !== kind || paused) return;
    paused = true;
    await restic.run('unlock', '--remove-all');
    await restic.run('prune', '--max-unused', '0');
    offset = HALF_AN_HOUR;
  });
  return { paused: () => paused };
}

function fill(round: number): void {
  for (let file = 0; file < 4; file += 1) {
    const text = `${round} ${file} `.repeat(300_000);
    writeFileSync(join(folder, 'source', `file-${file}`), text);
  }
}

describeWithRestic('a run paused past the life of its lock while stock restic prunes', () => {
  it.each(['data', 'index', 'snapshots'] as const)(
    'backs up whole after all, paused after its first file in %s',
    async (kind) => {
      fill(1);
      const pause = pauseAfterFirst(kind);
      const { code, stderr } = await repoInProcess(['backup', join(folder, 'source'), ...access]);
      expect(pause.paused()).toBe(true);
      expect(stderr).toContain('locking again');
      expect(code).toBe(0);
      await restic.run('check', '--read-data');
      await restic.run('restore', 'latest', '--target', join(folder, 'target'));
      const restored = readFileSync(join(folder, 'target', folder, 'source', 'file-3'));
      expect(restored.equals(readFileSync(join(folder, 'source', 'file-3')))).toBe(true);
      const snapshots = JSON.parse(await restic.run('snapshots', '--json'));
      expect(snapshots).toHaveLength(1);
      expect(readdirSync(join(repository, 'locks'))).toEqual([]);
    },
  );

  it('prunes what is left after all', async () => {
    for (const round of [1, 2, 3]) {
      fill(round);
      expect(await repoInProcess(['backup', join(folder, 'source'), ...access])).toMatchObject({ code: 0 });
    }
    expect(await repoInProcess(['forget', '--keep-last', '1', ...access])).toMatchObject({ code: 0 });
    const before = readdirSync(join(repository, 'index'));
    const pause = pauseAfterFirst('index');
    const { code } = await repoInProcess(['prune', '--max-unused', '0', ...access]);
    expect([pause.paused(), code]).toEqual([true, 0]);
    await restic.run('check', '--read-data');
    expect(readdirSync(join(repository, 'index'))).not.toEqual(before);
    expect(await restic.run('prune', '--dry-run', '--max-unused', '0')).toMatch(/^total prune: +0 blobs/m);
  });
});

describeWithRestic('locks between stock restic and us', () => {
  it('ours keep it out as its own do', async () => {
    fill(1);
    const opened = await openWithIndex(repository);
    const exclusive = await holdLock(opened, { exclusive: true });
    const backup = restic.run('backup', 'source');
    await expect(backup).rejects.toThrow(new RegExp(`already locked exclusively by PID ${process.pid} on`));
    await exclusive.release();
    const shared = await holdLock(opened, { exclusive: false });
    await restic.run('backup', 'source');
    await expect(restic.run('prune')).rejects.toThrow(`already locked by PID ${process.pid} on`);
    await shared.release();
    await restic.run('prune');
  });

  it('its exclusive lock keeps us out, and we say whose it is and since when; its shared one keeps out a prune', async () => {
    writeFileSync(join(folder, 'source', 'random'), randomBytes(1_000_000));
    await restic.run('backup', 'source');
    // At 1 KiB a second the check, which locks exclusively, goes on until it is ended.
    const check = ['check', '--read-data', '--limit-download', '1'];
    await withRestic(check, async (pid) => {
      const blocked = await repoInProcess(['backup', join(folder, 'source'), ...access]);
      const whose = new RegExp(`locked exclusively by \\S+@\\S+ \\(process ${pid}\\) since 20\\d\\d-`);
      expect(blocked).toMatchObject({ code: 11, stderr: expect.stringMatching(whose) });
    });
    await restic.run('unlock');
    await withRestic(['backup', '--stdin'], async (pid) => {
      const blocked = await repoInProcess(['prune', ...access]);
      const whose = `(process ${pid}) since`;
      expect(blocked).toMatchObject({ code: 11, stderr: expect.stringContaining(whose) });
      expect(await repoInProcess(['backup', join(folder, 'source'), ...access])).toMatchObject({ code: 0 });
    });
  });

  it('waits for a lock with --retry-lock', async () => {
    fill(1);
    const held = await holdLock(await openWithIndex(repository), { exclusive: true });
    const reads = vi.spyOn(DirectoryStore.prototype, 'read');
    const waiting = repoInProcess(['backup', join(folder, 'source'), '--retry-lock', '1m', ...access]);
    // It has looked once it reads the lock.
    const looked = (): void =>
      expect(reads).toHaveBeenCalledWith('locks', held.lockName, undefined, expect.anything());
    await vi.waitFor(looked, { timeout: 60_000 });
    await held.release();
    expect(await waiting).toMatchObject({ code: 0 });
  });
});

/** Runs restic until it has made its lock, then `work`, then ends it. */
async function withRestic(args: string[], work: (pid: number) => Promise<void>): Promise<void> {
  const env = { ...process.env, RESTIC_PASSWORD: PASSWORD, RESTIC_REPOSITORY: repository };
  const child = spawn('restic', ['--no-cache', ...args], {
    env,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'close');
  const locks = (): string[] => readdirSync(join(repository, 'locks'));
  try {
    await vi.waitFor(() => expect(locks()).not.toEqual([]), { interval: 20, timeout: 60_000 });
    await work(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
