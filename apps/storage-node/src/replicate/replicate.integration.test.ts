import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangingSource, CopyOnNode, resticIsInstalled } from '../testing/replicating-nodes.ts';

// On a CI machine restic must be there, so a missing one fails instead of passing unseen.
const isSkipped = !resticIsInstalled && !process.env.CI;
const MIB = 1024 * 1024;

describe.skipIf(isSkipped)(`replication${isSkipped ? ' (skipped: restic not installed)' : ''}`, () => {
  let source: ChangingSource;
  let a: CopyOnNode;
  let b: CopyOnNode;

  beforeEach(async () => {
    source = await ChangingSource.create();
    [a, b] = await Promise.all([CopyOnNode.start(source.base), CopyOnNode.start(source.base)]);
    await a.restic('init', '--repository-version', '2');
    await b.becomeCopyOf(a);
    await source.write('large', 9 * MIB);
    for (let n = 0; n < 20; n += 1) await source.write(`small-${n}`, n * 100);
    await a.restic('backup', source.path);
  });
  afterEach(async () => {
    await Promise.all([a.stop(), b.stop()]);
    await source.remove();
  });

  it('fetches all a copy lacks with a token that only reads, and nothing twice', async () => {
    const first = await b.pull(a);
    expect(first).toMatchObject({ outcome: 'succeeded', failure: null });
    expect(first.progress).toMatchObject({ nodeName: 'source', errors: 0, note: null });
    expect(first.progress.bytesDone).toBe(first.progress.bytesTotal);
    expect(await b.files()).toEqual(await a.files());
    expect(await readdir(join(b.path, 'locks'))).toEqual([]);
    await b.check('--read-data');

    expect((await b.pull(a)).fetched).toEqual({ files: 0, bytes: 0 });
    await source.write('another', MIB);
    await a.restic('backup', source.path);
    const { fetched } = await b.pull(a);
    expect(fetched.bytes).toBeGreaterThan(MIB);
    expect(fetched.bytes).toBeLessThan(2 * MIB);
    await b.check('--read-data');
  });

  it('tells how far it is, and keeps to a limit that it is given', async () => {
    const { progress } = b.center;
    const end = await b.pull(a, { bytesPerSecond: 6 * MIB });
    expect(end.stats.durationSeconds).toBeGreaterThan(1);
    const transferring = progress.filter(({ phase }) => phase === 'transferring');
    expect(transferring.length).toBeGreaterThan(0);
    expect(transferring.some(({ sentPerSecond }) => sentPerSecond > 0)).toBe(true);
    expect(transferring.every(({ bytesTotal }) => bytesTotal === end.progress.bytesTotal)).toBe(true);
  });

  it('keeps the copy whole while backups go on at the source', async () => {
    let backups = 0;
    const backUp = (async () => {
      for (; backups < 4; backups += 1) {
        await source.write(`new-${backups}`, 2 * MIB);
        await a.restic('backup', source.path);
      }
    })();
    while (backups < 4) {
      expect(await b.pull(a)).toMatchObject({ outcome: 'succeeded' });
      await b.check();
    }
    await backUp;
    await b.pull(a);
    expect(await b.files()).toEqual(await a.files());
    await b.check('--read-data');
  });

  it('brings copies that grew apart to the same set of files', async () => {
    await b.pull(a);
    await source.write('to-a', MIB);
    await a.restic('backup', source.path);
    await source.write('to-b', MIB);
    await b.restic('backup', source.path);
    await b.pull(a);
    await b.check();
    await a.pull(b);
    expect(await a.files()).toEqual(await b.files());
    await Promise.all([a.check('--read-data'), b.check('--read-data')]);
    expect(JSON.parse(await a.restic('snapshots', '--json'))).toHaveLength(3);
  });

  it('never brings a forgotten snapshot back, nor what was pruned with it', async () => {
    await b.pull(a);
    const [{ id }] = JSON.parse(await a.restic('snapshots', '--json')) as [{ id: string }];
    await source.write('large', 5 * MIB);
    await a.restic('backup', source.path);
    await b.pull(a);
    await a.restic('forget', id, '--prune');
    const pruned = await a.files();
    expect((await a.pull(b, { forgotten: [id] })).fetched.files).toBe(0);
    expect(await a.files()).toEqual(pruned);

    await source.write('to-b', MIB);
    await b.restic('backup', source.path);
    await a.pull(b, { forgotten: [id] });
    const snapshots = JSON.parse(await a.restic('snapshots', '--json')) as { id: string }[];
    expect(snapshots.map((one) => one.id)).not.toContain(id);
    expect(snapshots).toHaveLength(2);
    await a.check('--read-data');
  });

  it('makes a copy the same as one that was pruned, but removes nothing that only it has', async () => {
    await b.pull(a);
    const [{ id }] = JSON.parse(await a.restic('snapshots', '--json')) as [{ id: string }];
    await source.write('large', 5 * MIB);
    await a.restic('backup', source.path);
    await b.pull(a);
    await a.restic('forget', id, '--prune', '--max-unused', '0');
    await b.restic('backup', source.path);
    const before = await b.files();
    expect(await b.pull(a, { forgotten: [id], mirror: true })).toMatchObject({
      outcome: 'failed',
      failure: { code: 'conflict', retryable: true },
    });
    expect(await b.files()).toEqual(before);

    await a.pull(b, { forgotten: [id] });
    expect(await b.pull(a, { forgotten: [id], mirror: true })).toMatchObject({ outcome: 'succeeded' });
    expect(await b.files()).toEqual(await a.files());
    await b.check('--read-data');
    expect(JSON.parse(await b.restic('snapshots', '--json'))).toHaveLength(2);
  });

  it('copies nothing damaged, and builds nothing upon it', async () => {
    const [pack = ''] = (await a.files()).filter((name) => name.startsWith('data/'));
    const bytes = await readFile(join(a.path, pack));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(join(a.path, pack), bytes);
    const end = await b.pull(a);
    expect(end).toMatchObject({ outcome: 'failed', failure: { code: 'pack-damaged', retryable: false } });
    expect(end.failure?.message).toContain(pack.slice(-64));
    const files = await b.files();
    expect(files).not.toContain(pack);
    expect(files.filter((name) => /^(index|snapshots)/.test(name))).toEqual([]);
    await b.check();
  });

  it('refuses a source whose token does not fit, and one without the repository', async () => {
    const order = await b.order(a);
    const foreign = { ...order.source, token: await b.folder.sign({ verbs: ['read'] }) };
    expect(await b.pull(a, { source: foreign })).toMatchObject({ failure: { code: 'token-invalid' } });
    const elsewhere = await CopyOnNode.start(source.base);
    try {
      for (const mirror of [false, true]) {
        expect(await b.pull(elsewhere, { mirror })).toMatchObject({
          failure: { code: 'repository-missing' },
        });
      }
    } finally {
      await elsewhere.stop();
    }
  });
});
