import { spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { PackedBlob } from '@breakwater/restic-format/blob';
import { encodeIndexFile } from '@breakwater/restic-format/index-file';
import { createRepositoryFiles } from '@breakwater/restic-format/initial-files';
import { packSizeOf } from '@breakwater/restic-format/pack';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { z } from 'zod';
import { OnlyIndexStore } from './engine/only-index-store.ts';
import { replaceSection } from './engine/report.ts';

/**
 * `npm run bench:index`: the index of a repository with millions of blobs, generated, and loaded by a process of its
 * own: how long that takes and how much memory each blob costs. `--blobs 5000000 --in /dev/shm --save`
 */
const { values } = parseArgs({
  options: { blobs: { type: 'string' }, in: { type: 'string' }, save: { type: 'boolean' } },
});
const options = z
  .object({
    blobs: z.coerce.number().int().min(1).default(5_000_000),
    in: z.string().default('/dev/shm'),
    save: z.boolean().default(false),
  })
  .parse(values);

/** As restic writes them. */
const BLOBS_IN_FILE = 50_000;
/** Packs of 16 MiB with pieces of large files and with many small ones. */
const BLOBS_IN_PACK = 25;

const folder = mkdtempSync(join(options.in, 'breakwater-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const store = new OnlyIndexStore(folder);
await store.createFolders();
const { config, key } = await createRepositoryFiles('bench', { hostname: 'bench', username: 'bench' });
await store.write('keys', key.name, [key.bytes]);
await store.write('config', 'config', [config]);
const repository = await openRepository(store, 'bench');
for (let done = 0; done < options.blobs; done += BLOBS_IN_FILE) {
  await writeIndexFile(repository, done, Math.min(BLOBS_IN_FILE, options.blobs - done));
}
const child = fileURLToPath(new URL('./engine/index-load-child.ts', import.meta.url));
const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', child, folder], {
  encoding: 'utf8',
});
if (status !== 0) throw new Error(stderr);
const figures = z
  .object({
    blobs: z.literal(options.blobs),
    found: z.literal(Math.min(100_000, options.blobs)),
    wallSeconds: z.number(),
    cpuSeconds: z.number(),
    indexBytes: z.number(),
    peakBytes: z.number(),
  })
  .parse(JSON.parse(stdout));
const table = [
  '| blobs | load wall s | load CPU s | index MiB | bytes for each blob | peak of the process MiB |',
  '| --- | --- | --- | --- | --- | --- |',
  `| ${[
    figures.blobs.toLocaleString('en'),
    figures.wallSeconds.toFixed(1),
    figures.cpuSeconds.toFixed(1),
    (figures.indexBytes / 1024 / 1024).toFixed(0),
    (figures.indexBytes / figures.blobs).toFixed(1),
    (figures.peakBytes / 1024 / 1024).toFixed(0),
  ].join(' | ')} |`,
].join('\n');
process.stdout.write(`${table}\n`);
if (options.save) {
  replaceSection(
    new URL('./RESULTS.md', import.meta.url),
    '## The index in memory (`npm run bench:index`)',
    `A generated index, ${BLOBS_IN_FILE.toLocaleString('en')} blobs a file and ${BLOBS_IN_PACK} a pack, loaded from tmpfs.\n\n${table}`,
  );
}

async function writeIndexFile(into: Repository, first: number, count: number): Promise<void> {
  const ids = randomFillSync(Buffer.alloc(32 * count));
  const packs: { packId: string; blobs: PackedBlob[] }[] = [];
  let list = '';
  for (let from = 0; from < count; from += BLOBS_IN_PACK) {
    const blobs: PackedBlob[] = [];
    let offset = 0;
    for (let at = from; at < Math.min(count, from + BLOBS_IN_PACK); at += 1) {
      const id = ids.toString('hex', at * 32, at * 32 + 32);
      const length = 400_000 + ((at * 7919) % 500_000);
      blobs.push({ type: 'data', id, offset, length, uncompressedLength: length * 2 });
      offset += length;
    }
    const packId = createHash('sha256')
      .update(`${first + from}`)
      .digest('hex');
    packs.push({ packId, blobs });
    list += `${packId} ${packSizeOf(blobs)}\n`;
  }
  await into.saveUnpacked('index', encodeIndexFile({ supersedes: [], packs }));
  appendFileSync(join(folder, 'packs'), list);
}
