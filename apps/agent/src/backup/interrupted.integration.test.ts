import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@breakwater/domain/failure';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runRepo, startRepo } from '../testing/repo-program.ts';
import {
  backUpInto,
  createRepository,
  makeWorkplace,
  openWithIndex,
  removeFolder,
} from '../testing/work-repository.ts';
import { backUp } from './back-up.ts';
import { holdLock } from './lock-keeper.ts';
import { findStrayPacks } from './stray-packs.ts';

let folder: string;
let source: string;
let repository: string;
beforeEach(async () => {
  ({ folder, source, repository } = await makeWorkplace());
});
afterEach(() => removeFolder(folder));

function packs(): Map<string, number> {
  const data = join(repository, 'data');
  const names = readdirSync(data).flatMap((sub) =>
    readdirSync(join(data, sub)).map((name) => join(data, sub, name)),
  );
  return new Map(names.filter((name) => !name.includes('-tmp-')).map((name) => [name, statSync(name).size]));
}

function bytesOf(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Random content cannot be deduplicated or compressed: what is stored is known from the sizes. */
function fill(files: number, bytes: number): void {
  for (let at = 0; at < files; at++) writeFileSync(join(source, `file ${at}`), randomBytes(bytes));
}

const never = new AbortController().signal;

describe('packs that no index names', () => {
  async function loseIndex(): Promise<void> {
    fill(30, 100_000);
    await backUpInto(repository, [source]);
    for (const kind of ['index', 'snapshots']) {
      for (const name of readdirSync(join(repository, kind))) rmSync(join(repository, kind, name));
    }
  }

  it('are taken over by the next backup, which stores none of it again', async () => {
    await loseIndex();
    const before = packs();
    const opened = await openWithIndex(repository);
    const adopt = await findStrayPacks(opened, never);
    expect(adopt.map(({ size }) => size).sort()).toEqual([...before.values()].sort());
    const { written } = await backUpInto(repository, [source], { repository: opened, adopt });
    expect(written.dataBlobs).toBe(0);
    // At most a tree of the folders above, which others use meanwhile.
    expect(bytesOf(packs()) - bytesOf(before)).toBeLessThan(10_000);
    const again = await openWithIndex(repository);
    expect(again.index.strayPacks.size).toBe(0);
    expect((await again.listSnapshots()).length).toBe(1);
  });

  it('are left alone while somebody else works on the repository', async () => {
    await loseIndex();
    const opened = await openWithIndex(repository);
    const ours = await holdLock(opened, { exclusive: false });
    expect(await findStrayPacks(opened, never)).not.toEqual([]);
    const json = { ...{ time: new Date().toISOString(), exclusive: false }, hostname: 'elsewhere', pid: 1 };
    await opened.saveUnpacked('locks', Buffer.from(JSON.stringify(json)));
    expect(await findStrayPacks(opened, never)).toEqual([]);
    // But for what we know to be ours.
    const [one = ''] = opened.index.strayPacks.keys();
    expect((await findStrayPacks(opened, never, new Set([one]))).map(({ packId }) => packId)).toEqual([one]);
    await ours.release();
  });

  it('are passed over when they are no whole packs of this repository', async () => {
    await loseIndex();
    const [first = ''] = packs().keys();
    const whole = packs().size;
    rmSync(first);
    writeFileSync(first, randomBytes(50_000));
    const empty = join(repository, 'data', '00');
    mkdirSync(empty, { recursive: true });
    writeFileSync(join(empty, '0'.repeat(64)), '');
    const opened = await openWithIndex(repository);
    expect(await findStrayPacks(opened, never)).toHaveLength(whole - 1);
  });
});

describe('a backup that is cancelled', () => {
  it('leaves an index of what it stored, and says how much', async () => {
    fill(40, 1_000_000);
    const cancel = new AbortController();
    let kept: { packs: number; bytes: number } | undefined;
    const stopped = backUp({
      ...{
        repository: await openWithIndex(repository),
        paths: [source],
        excludes: [],
        hostname: 'host',
        tags: [],
      },
      signal: cancel.signal,
      onPackStored: () => cancel.abort(new Failure('cancelled', 'enough')),
      onKept: (what) => {
        kept = what;
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const opened = await openWithIndex(repository);
    expect(opened.index.strayPacks.size).toBe(0);
    expect(opened.index.packCount).toBe(kept?.packs);
    expect(kept?.packs).toBeGreaterThan(0);
    const stored = bytesOf(packs());
    const { stats } = await backUpInto(repository, [source]);
    expect(stats.bytesAdded).toBeLessThan(40_100_000 - stored * 0.99);
  });

  it('writes nothing more when the lock is gone', async () => {
    fill(40, 1_000_000);
    const lost = new AbortController();
    const stopped = backUp({
      ...{
        repository: await openWithIndex(repository),
        paths: [source],
        excludes: [],
        hostname: 'host',
        tags: [],
      },
      signal: lost.signal,
      onPackStored: () => lost.abort(new Failure('lock-lost', 'gone')),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'lock-lost' });
    expect(readdirSync(join(repository, 'index'))).toEqual([]);
  });
});

describe('repo backup that gets SIGINT', () => {
  const access = ['--repo', 'repository', '--password-file', 'password'];
  beforeEach(() => writeFileSync(join(folder, 'password'), PASSWORD));

  it('says what is stored already, and leaves it to the next', async () => {
    fill(80, 1_000_000);
    // One pack at a time: there is more to send when the first has been stored.
    const child = startRepo(folder, ['backup', 'source', '--uploads', '1', ...access]);
    child.stdout?.resume();
    const said = child.stderr === null ? Promise.reject(new Error('no stderr')) : text(child.stderr);
    const ended = once(child, 'close');
    while (child.exitCode === null && packs().size === 0) await sleep(1);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await said).toMatch(/MiB in \d+ packs? (is|are) stored already.*\n.*Cancelled \(SIGINT\)\n$/);
    expect((await openWithIndex(repository)).index.strayPacks.size).toBe(0);
    expect(readdirSync(join(repository, 'locks'))).toEqual([]);
  });

  it('ends the command whose output it backs up', async () => {
    const command = ['sh', '-c', 'echo $$ >&2; while :; do echo more; done'];
    const child = startRepo(folder, ['backup', '--stdin-from-command', ...access, '--', ...command]);
    child.stdout?.resume();
    const ended = once(child, 'close');
    if (child.stderr === null) throw new Error('no stderr');
    let pid = 0;
    for await (const line of createInterface({ input: child.stderr })) {
      pid = Number(/^sh: (\d+)$/.exec(line)?.[1] ?? 0);
      if (pid > 0) break;
    }
    child.stderr.resume();
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(readdirSync(join(repository, 'snapshots'))).toEqual([]);
  });
});

/** More rounds than the few of every test run: `BREAKWATER_KILLS=100 vitest run …`. */
const rounds = Number(process.env.BREAKWATER_KILLS ?? 2);

describeWithRestic('a backup that is killed', () => {
  it(
    `leaves a sound repository, and the next sends nothing again that was stored (${rounds} rounds)`,
    async () => {
      const restic = new StockRestic(folder);
      writeFileSync(join(folder, 'password'), PASSWORD);
      const access = ['--repo', 'repository', '--password-file', 'password'];
      const fresh = 80_000_000;
      fill(40, fresh / 40);
      for (let round = 0; round < rounds; round++) {
        rmSync(repository, { recursive: true });
        await createRepository(repository);
        const child = startRepo(folder, ['backup', 'source', ...access]);
        child.stdout?.resume();
        child.stderr?.resume();
        const ended = once(child, 'close');
        // Any moment from its lock on; a backup of this takes about as long.
        while (child.exitCode === null && readdirSync(join(repository, 'locks')).length === 0) await sleep(2);
        await Promise.race([sleep(Math.random() * 1000, undefined, { ref: false }), ended]);
        child.kill('SIGKILL');
        await ended;
        const left = packs();
        await restic.run('check', '--no-lock', '--read-data');
        const { code, stderr } = await runRepo(folder, ['backup', 'source', ...access]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        // Nothing that was stored is stored again: trees, headers and what encryption adds are a thousandth of it.
        const after = packs();
        expect(bytesOf(after)).toBeLessThan(fresh * 1.002);
        expect([...left.keys()].filter((pack) => !after.has(pack))).toEqual([]);
        await restic.run('check', '--read-data');
      }
    },
    60_000 * Math.max(2, rounds),
  );
});
