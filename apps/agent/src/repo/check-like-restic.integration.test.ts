import { hash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedBlob } from '@breakwater/restic-format/blob';
import { seal } from '@breakwater/restic-format/crypto';
import { decodeIndexFile } from '@breakwater/restic-format/index-file';
import { describeWithRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DamageableRepository } from '../testing/damageable-repository.ts';
import { repoInProcess } from '../testing/repo-in-process.ts';
import type { EndedProgram } from '../testing/repo-program.ts';

let damageable: DamageableRepository;

/** 0 sound, 1 not: newer versions tell kinds of failure apart. */
async function resticVerdict(...args: string[]): Promise<0 | 1> {
  return await damageable.restic.run('check', ...args).then(
    () => 0,
    () => 1,
  );
}

async function check(...args: string[]): Promise<EndedProgram> {
  return await repoInProcess(['check', '--json', ...args, ...damageable.access]);
}

/** Our verdict, after comparing it with stock restic's; what we say of it in `told`. */
async function compare(...args: string[]): Promise<{ verdict: number; told: string; kinds: string[] }> {
  const { code, stderr, stdout } = await check(...args);
  const verdict = Math.min(1, code);
  expect({ args, verdict, stderr }).toEqual({ args, verdict: await resticVerdict(...args), stderr });
  const records = stderr.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const kinds = [...new Set(records.flatMap(({ kind }) => kind ?? []))] as string[];
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ message_type: 'summary' });
  expect(Number(summary.num_errors) > 0).toBe(verdict === 1);
  return { verdict, told: stderr, kinds: kinds.sort() };
}

const smallFile = ['source', 'small'];
const subFolder = ['source', 'sub'];

const times = '"mtime":"2024-01-01T00:00:00Z","atime":"2024-01-01T00:00:00Z","ctime":"2024-01-01T00:00:00Z"';

describeWithRestic('check beside stock restic', () => {
  beforeAll(async () => {
    damageable = await DamageableRepository.create(async (source, backUp) => {
      mkdirSync(join(source, 'sub'));
      writeFileSync(join(source, 'small'), 'a small file\n'.repeat(50));
      writeFileSync(join(source, 'sub', 'other'), 'another small file\n'.repeat(70));
      writeFileSync(join(source, 'big'), randomBytes(24 * 1024 * 1024));
      await backUp();
      writeFileSync(join(source, 'sub', 'late'), 'a late file\n'.repeat(90));
      await backUp();
    });
  });
  afterAll(() => damageable.remove());
  beforeEach(() => damageable.copy());

  it('finds nothing in a sound repository', async () => {
    expect(await compare('--read-data')).toEqual({ verdict: 0, told: '', kinds: [] });
  });

  describe('packs', () => {
    it('missing, with data: the pack, the file and the blob are named', async () => {
      const { blob, packId } = await damageable.victim(smallFile, 'data');
      rmSync(damageable.packPath(packId));
      const { verdict, told, kinds } = await compare();
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['blob-missing', 'pack-missing'] });
      expect(told).toContain(`source/small in snapshot`);
      expect(told).toContain(blob.id);
      expect(told).toContain(packId);
    });

    it('missing, with trees (stock restic says so, too, after a minute of trying again)', async () => {
      const { packId } = await damageable.victim(subFolder, 'tree');
      rmSync(damageable.packPath(packId));
      const { code, stderr } = await check();
      expect(code).toBe(1);
      expect(stderr).toContain('"kind":"pack-missing"');
      expect(stderr).toMatch(new RegExp(`in snapshot .* no pack holds its tree .* into pack ${packId}`));
    });

    it.each([
      ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
      ['empty', () => Buffer.of()],
      ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(1)])],
    ])('%s', async (_how, change) => {
      const { packId } = await damageable.victim(smallFile, 'data');
      damageable.rewrite(damageable.packPath(packId), change);
      const { verdict, told, kinds } = await compare();
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['blob-missing', 'pack-wrong-size'] });
      expect(told).toContain(packId);
      expect(told).toContain('source/small');
    });

    it('with a flipped byte in a data blob, which only reading finds', async () => {
      const { blob, packId } = await damageable.victim(smallFile, 'data');
      damageable.flip(damageable.packPath(packId), blob.offset + 20);
      expect((await compare()).verdict).toBe(0);
      const { verdict, told, kinds } = await compare('--read-data');
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['file-damaged', 'pack-damaged'] });
      expect(told).toContain(`source/small in snapshot`);
      expect(told).toContain(`pack ${packId} is damaged at data blob ${blob.id}`);
    });

    it('with a flipped byte in a part of them', async () => {
      const { blob, packId } = await damageable.victim(smallFile, 'data');
      damageable.flip(damageable.packPath(packId), blob.offset + 20);
      const of = 3;
      const group = (Number.parseInt(packId.slice(0, 2), 16) % of) + 1;
      for (let part = 1; part <= of; part += 1) {
        const { verdict } = await compare(`--read-data-subset=${part}/${of}`);
        expect(verdict).toBe(part === group ? 1 : 0);
      }
      expect((await compare('--read-data-subset=100%')).verdict).toBe(1);
      expect((await compare('--read-data-subset=1T')).verdict).toBe(1);
    });

    it('with a flipped byte in a tree', async () => {
      const { blob, packId } = await damageable.victim(subFolder, 'tree');
      damageable.flip(damageable.packPath(packId), blob.offset + 20);
      const { verdict, told } = await compare();
      expect(verdict).toBe(1);
      expect(told).toContain(packId);
      expect(told).toContain(blob.id);
      expect(told).toContain('source/sub in snapshot');
    });

    it('with a flipped byte in the header', async () => {
      const { packId, size } = await damageable.victim(smallFile, 'data');
      damageable.flip(damageable.packPath(packId), size - 30);
      const { verdict, told, kinds } = await compare('--read-data');
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['pack-damaged'] });
      expect(told).toContain(packId);
    });

    it('with another name than its bytes', async () => {
      const { packId } = await damageable.victim(smallFile, 'data');
      const other = `${packId.slice(0, 62)}${packId.endsWith('00') ? '11' : '00'}`;
      cpSync(damageable.packPath(packId), damageable.packPath(other));
      rmSync(damageable.packPath(packId));
      await damageable.changeIndexes((index) => ({
        ...index,
        packs: index.packs.map((pack) => (pack.packId === packId ? { ...pack, packId: other } : pack)),
      }));
      const { verdict, told } = await compare('--read-data');
      expect(verdict).toBe(1);
      expect(told).toContain(`pack ${other} has other bytes than its name says`);
    });

    it('that hold another blob than they say', async () => {
      const id = hash('sha256', 'what it should be', 'hex');
      const bytes = seal(damageable.repository.key, Buffer.from('something else'));
      const packId = await damageable.addPack([{ type: 'data', id, bytes, uncompressedLength: null }], true);
      expect((await compare()).verdict).toBe(0);
      const { verdict, told } = await compare('--read-data');
      expect(verdict).toBe(1);
      expect(told).toContain(`pack ${packId} is damaged at data blob ${id}: its hash is another`);
    });

    it('in no index, which is a hint', async () => {
      const packId = await damageable.addPack([damageable.sealed('data', 'left over')], false);
      const { verdict, told, kinds } = await compare('--read-data');
      expect({ verdict, kinds }).toEqual({ verdict: 0, kinds: ['pack-not-indexed'] });
      expect(told).toContain(packId);
    });

    it('with trees and data together, which is a hint', async () => {
      const tree = '{"nodes":[]}\n';
      const blobs = [damageable.sealed('data', tree), damageable.sealed('tree', tree)];
      const packId = await damageable.addPack(blobs, true);
      const { verdict, told, kinds } = await compare('--read-data');
      expect({ verdict, kinds }).toEqual({ verdict: 0, kinds: ['pack-mixed'] });
      expect(told).toContain(packId);
    });
  });

  describe('the index', () => {
    it('without a blob that is needed', async () => {
      const { blob, packId } = await damageable.victim(smallFile, 'data');
      await damageable.changeIndexes((index) => ({
        ...index,
        packs: index.packs.map((pack) => ({ ...pack, blobs: pack.blobs.filter(({ id }) => id !== blob.id) })),
      }));
      const { verdict, told, kinds } = await compare();
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['blob-missing', 'pack-wrong-size'] });
      expect(told).toContain(packId);
      expect(told).toContain('source/small');
      expect(told).toContain(blob.id);
    });

    it('without a pack that is needed', async () => {
      const { packId } = await damageable.victim(smallFile, 'data');
      await damageable.changeIndexes((index) => ({
        ...index,
        packs: index.packs.filter((pack) => pack.packId !== packId),
      }));
      const { verdict, kinds } = await compare();
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['blob-missing', 'pack-not-indexed'] });
    });

    it('naming a pack that is gone', async () => {
      const gone = randomBytes(32).toString('hex');
      const id = randomBytes(32).toString('hex');
      const blob: PackedBlob = { type: 'data', id, offset: 0, length: 100, uncompressedLength: null };
      await damageable.addIndex([{ packId: gone, blobs: [blob] }]);
      const { verdict, told, kinds } = await compare();
      expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['pack-missing'] });
      expect(told).toContain(gone);
    });

    it('naming packs twice, in one file or in two, which is at most a hint', async () => {
      await damageable.changeIndexes((index) => ({ ...index, packs: [...index.packs, ...index.packs] }));
      expect(await compare('--read-data')).toMatchObject({ verdict: 0, kinds: [] });
      const [{ name = '' } = {}] = await damageable.repository.store.list('index');
      const file = decodeIndexFile(await damageable.repository.loadUnpacked('index', name), name);
      await damageable.addIndex(file.packs);
      expect(await compare('--read-data')).toMatchObject({ verdict: 0, kinds: ['index-duplicate'] });
    });

    it('telling of a pack twice, differently: an error here as in restic ≥ 0.19', async () => {
      const [{ name = '' } = {}] = await damageable.repository.store.list('index');
      const { packs } = decodeIndexFile(await damageable.repository.loadUnpacked('index', name), name);
      const cut = packs.map(({ packId, blobs }) => ({ packId, blobs: blobs.slice(0, 1) }));
      await damageable.addIndex(cut);
      const { code, stderr } = await check();
      expect(code).toBe(1);
      expect(stderr).toContain('index-contradicts');
      expect(stderr).toContain(name);
    });
  });

  describe('one flipped byte', () => {
    it.each(['index', 'snapshots'])('in a file of %s', async (kind) => {
      const [name = ''] = readdirSync(join(damageable.place, kind));
      damageable.flip(join(damageable.place, kind, name), 40);
      const { verdict, told } = await compare();
      expect(verdict).toBe(1);
      expect(told).toContain(name);
    });

    it('in the config', async () => {
      damageable.flip(join(damageable.place, 'config'), 40);
      const { verdict, told } = await compare();
      expect(verdict).toBe(1);
      expect(told).toContain(`config`);
      expect(told).toContain(damageable.place);
    });

    it('in the key', async () => {
      const [name = ''] = readdirSync(join(damageable.place, 'keys'));
      const path = join(damageable.place, 'keys', name);
      damageable.flip(path, readFileSync(path, 'utf8').indexOf('"data":"') + 30);
      const { verdict, told } = await compare();
      expect(verdict).toBe(1);
      expect(told).toContain(name);
    });
  });

  it('a snapshot of a tree that is nowhere', async () => {
    const { snapshot } = await damageable.repository.loadSnapshot('latest');
    const tree = randomBytes(32).toString('hex');
    const id = await damageable.repository.saveSnapshot({ ...snapshot, tree });
    const { verdict, told, kinds } = await compare();
    expect({ verdict, kinds }).toEqual({ verdict: 1, kinds: ['tree-missing'] });
    expect(told).toContain(id);
    expect(told).toContain(tree);
  });

  it.each([
    ['an empty folder', '{"nodes":[]}', 0],
    ['a folder without a list', '{"nodes":null}', 0],
    ['a file without content', `{"nodes":[{"name":"odd","type":"file",${times},"content":null}]}`, 1],
    ['an empty file', `{"nodes":[{"name":"odd","type":"file",${times},"content":[]}]}`, 0],
    [
      'a file with an id of zeros',
      `{"nodes":[{"name":"odd","type":"file",${times},"content":["${'0'.repeat(64)}"]}]}`,
      1,
    ],
    ['a folder without a tree', `{"nodes":[{"name":"odd","type":"dir",${times},"content":null}]}`, 1],
    ['a type that nothing knows', `{"nodes":[{"name":"odd","type":"door",${times},"content":null}]}`, 1],
    ['a node without a name', `{"nodes":[{"name":"","type":"fifo",${times},"content":null}]}`, 1],
    [
      'all special types',
      `{"nodes":[${['symlink', 'socket', 'chardev', 'dev', 'fifo'].map((type) => `{"name":"${type}","type":"${type}",${times},"content":null}`).join(',')}]}`,
      0,
    ],
    ['a tree that is no JSON', '{"nodes":[', 1],
  ])('%s', async (what, json, expected) => {
    await damageable.addSnapshotOf(json);
    const { verdict, told } = await compare();
    expect(verdict).toBe(expected);
    if (expected === 1 && json.includes('"odd"')) expect(told, what).toContain('/odd in snapshot');
  });

  it('an empty repository', async () => {
    for (const kind of ['snapshots', 'index', 'data'])
      rmSync(join(damageable.place, kind), { recursive: true });
    for (const kind of ['snapshots', 'index', 'data']) mkdirSync(join(damageable.place, kind));
    expect(await compare('--read-data')).toEqual({ verdict: 0, told: '', kinds: [] });
  });

  it('says for people what is lost, the first few and how many more', async () => {
    const { packId } = await damageable.victim(smallFile, 'data');
    const { packId: gone } = await damageable.victim(['source', 'big'], 'data');
    for (const one of new Set([packId, gone])) rmSync(damageable.packPath(one));
    const { code, stdout, stderr } = await repoInProcess(['check', ...damageable.access]);
    expect(code).toBe(1);
    // A file is told of once, however many of its blobs are gone.
    const lines = stderr.match(/source\/big in snapshot.*/g) ?? [];
    const files = lines.map((line) => line.replace(/data blob \w+/, ''));
    expect(files.length).toBeGreaterThan(0);
    expect(new Set(files).size).toBe(files.length);
    expect(stderr).toContain('source/small in snapshot');
    expect(stdout).toMatch(new RegExp(`… and \\d+ more missing blobs of files by pack ${gone}`));
    expect(stdout).toContain('restic repair index');
    expect(stdout).toContain(gone);
  });

  it('refuses a part that is none', async () => {
    for (const subset of ['0/3', '4/3', '1/300', '0%', '101%', 'much']) {
      const { code, stderr } = await check(`--read-data-subset=${subset}`);
      expect({ subset, code }).toEqual({ subset, code: 1 });
      expect(stderr).toContain(`--read-data-subset: is \\"${subset}\\"`);
      expect(await resticVerdict(`--read-data-subset=${subset}`)).toBe(1);
    }
    expect((await check('--read-data', '--read-data-subset=1/2')).stderr).toContain('together');
  });
});
