import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CrashMode, ForgetfulFileSystem } from '../testing/forgetful-file-system.ts';
import { contentOf, listed, packOf, put } from '../testing/store-conformance.ts';
import { DiskStore } from './disk-store.ts';
import type { FileAddress } from './repository-store.ts';

const ROOT = '/store';
const noLimits = { reserveBytes: 0, quotaBytes: null };
const config: FileAddress = { repository: 'repo', kind: 'config', name: 'config' };
const bodies = [randomBytes(2500), randomBytes(1200), randomBytes(1)];
const files = new Map<FileAddress, Buffer>([
  [config, Buffer.from('a config')],
  ...bodies.map((body): [FileAddress, Buffer] => [packOf(body), body]),
  [packOf(bodies[0] as Buffer, 'index'), bodies[0] as Buffer],
  [packOf(bodies[1] as Buffer, 'snapshots'), bodies[1] as Buffer],
]);

interface Outcome {
  acknowledged: FileAddress[];
  removed: FileAddress[];
}

/** A backup's writes, one repeated upload, two at once, and a removal, until the machine dies. */
async function work(fs: ForgetfulFileSystem): Promise<Outcome> {
  const store = new DiskStore(fs, ROOT, noLimits);
  const outcome: Outcome = { acknowledged: [], removed: [] };
  try {
    await store.create('repo');
    for (const [file, body] of files) {
      const acknowledge = async () => {
        await put(store, file, body);
        outcome.acknowledged.push(file);
      };
      await Promise.all([acknowledge(), acknowledge()]);
      await acknowledge();
    }
    const last = [...files.keys()].at(-1);
    if (last !== undefined) {
      outcome.acknowledged = outcome.acknowledged.filter((file) => file !== last);
      await store.remove(last);
      outcome.removed.push(last);
    }
  } catch {
    // Dead: what was acknowledged before is what counts.
  }
  return outcome;
}

async function callsOfWholeWork(): Promise<number> {
  const fs = new ForgetfulFileSystem(ROOT);
  const { removed } = await work(fs);
  expect(removed).toHaveLength(1);
  return fs.calls.length;
}

async function visibleFiles(store: DiskStore): Promise<FileAddress[]> {
  const found: FileAddress[] = [];
  if (!(await store.exists('repo'))) return found;
  for (const kind of ['data', 'index', 'keys', 'locks', 'snapshots'] as const) {
    for (const { name } of await listed(store, 'repo', kind)) found.push({ repository: 'repo', kind, name });
  }
  if ((await store.stat(config)) !== null) found.push(config);
  return found;
}

describe.each<CrashMode>(['forgets-names', 'keeps-names'])('after a crash that %s', (mode) => {
  it('whatever the step: what is listed is whole, what was acknowledged is there', async () => {
    const calls = await callsOfWholeWork();
    expect(calls).toBeGreaterThan(100);
    for (let cut = 0; cut <= calls; cut += 1) {
      const fs = new ForgetfulFileSystem(ROOT);
      fs.crashAt(cut);
      const { acknowledged, removed } = await work(fs);
      fs.restart(mode);
      const store = new DiskStore(fs, ROOT, noLimits);

      const visible = await visibleFiles(store);
      for (const file of visible) {
        const body = [...files].find(([known]) => known.kind === file.kind && known.name === file.name)?.[1];
        expect(await contentOf(store, file), `cut at call ${cut}`).toEqual(body);
      }
      expect(visible, `cut at call ${cut}`).toEqual(expect.arrayContaining(acknowledged));
      for (const file of removed) expect(visible, `cut at call ${cut}`).not.toContainEqual(file);

      await store.survey();
      const paths = [...fs.files().keys()];
      expect(
        paths.filter((path) => path.includes('.incoming-')),
        `cut at call ${cut}`,
      ).toEqual([]);
      expect(paths).toHaveLength(visible.length);
      // The store goes on: the same work can be done again.
      expect((await work(fs)).removed).toHaveLength(1);
    }
  });
});

describe('the durable write', () => {
  it('does file, sync, rename, folder sync, in this order', async () => {
    const fs = new ForgetfulFileSystem(ROOT);
    const store = new DiskStore(fs, ROOT, noLimits);
    await store.create('repo');
    const body = bodies[2] as Buffer;
    fs.calls.length = 0;
    await put(store, packOf(body), body);
    const writes = fs.calls.filter((call) => !['fileSize', 'folderExists', 'space'].includes(call));
    expect(writes).toEqual([
      'makeFolder',
      'syncFolder',
      'createFile',
      'append',
      'sync',
      'close',
      'renameFile',
      'syncFolder',
    ]);
  });

  it('syncs the parent of a folder that it finds there, since its maker may have died before', async () => {
    const fs = new ForgetfulFileSystem(ROOT);
    await fs.makeFolder(`${ROOT}/repo`);
    await fs.makeFolder(`${ROOT}/repo/index`);
    const body = bodies[0] as Buffer;
    await put(new DiskStore(fs, ROOT, noLimits), packOf(body, 'index'), body);
    fs.restart('forgets-names');
    expect(await new DiskStore(fs, ROOT, noLimits).stat(packOf(body, 'index'))).toBe(body.length);
  });
});
