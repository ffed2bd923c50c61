import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkRepository } from './check.ts';
import { Chunker } from './chunker.ts';
import { GO_MODE_DIR, GO_MODE_SETGID, GO_MODE_SETUID, GO_MODE_STICKY } from './file-mode.ts';
import { formatGoTime } from './go-time.ts';
import { rawBytes } from './raw-string.ts';
import { openRepository, type Repository } from './repository.ts';
import { encodeSnapshot } from './snapshot.ts';
import { FolderStore } from './testing/folder-store.ts';
import { describeWithRestic, PASSWORD, StockRestic } from './testing/stock-restic.ts';
import { encodeTree, type TreeNode } from './tree.ts';

const oddNames = [
  'plain',
  'with space',
  'quote"double',
  "quote'single",
  'back\\slash',
  'new\nline',
  'tab\tbell\x07escape\x1b',
  'html <b>&amp;',
  'umlaut äöü',
  'combining e\u0301',
  'emoji 🎉👩‍👩‍👧',
  'newer emoji \u{1fae0}',
  'soft\u00adhyphen nbsp\u00a0',
  'line\u2028separator\u2029',
  'private \ue000 \u{10fffd}',
  'bom\ufeff replacement\ufffd',
  '中文文件名',
];
const rawNames = [
  Buffer.from([0x61, 0xff, 0x62]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xc3, 0x28, 0xc3, 0xa4]),
  Buffer.from([0xf0, 0x9f, 0x8e]),
];
const oldTimes = [
  '1944-12-14 00:00:01.123456789',
  '1969-12-31 23:59:59.999999999',
  '1970-01-01 00:00:00',
  '2038-01-19 03:14:08.5',
  '2100-02-28 12:00:00.000000001',
];

function makeSource(source: string): void {
  mkdirSync(join(source, 'names'), { recursive: true });
  for (const name of oddNames) writeFileSync(join(source, 'names', name), name);
  for (const name of rawNames) writeFileSync(Buffer.concat([Buffer.from(`${source}/names/`), name]), name);
  mkdirSync(join(source, 'modes'));
  for (const mode of [0o000, 0o001, 0o644, 0o777, 0o4755, 0o2755, 0o1644, 0o7777]) {
    const path = join(source, 'modes', mode.toString(8));
    writeFileSync(path, 'x');
    chmodSync(path, mode | 0o400);
  }
  mkdirSync(join(source, 'modes', 'sticky'));
  chmodSync(join(source, 'modes', 'sticky'), 0o3777);
  mkdirSync(join(source, 'links'));
  for (const target of ['names/plain', '/absolute/<&>', 'back\bspace', 'ünï', '🎉']) {
    symlinkSync(target, join(source, 'links', hash('sha256', target, 'hex').slice(0, 8)));
  }
  writeFileSync(join(source, 'links', 'one'), 'hard');
  linkSync(join(source, 'links', 'one'), join(source, 'links', 'two'));
  execFileSync('mkfifo', [join(source, 'links', 'fifo')]);
  mkdirSync(join(source, 'times'));
  for (const time of oldTimes) {
    writeFileSync(join(source, 'times', time), '');
    execFileSync('touch', ['-d', `${time} UTC`, join(source, 'times', time)]);
  }
  utimesSync(join(source, 'names'), 1_600_000_000, 1_600_000_000);
  mkdirSync(join(source, 'content'));
  writeFileSync(join(source, 'content', 'random'), randomBytes(9_000_000));
  writeFileSync(join(source, 'content', 'zeros'), Buffer.alloc(9_000_001));
  writeFileSync(join(source, 'content', 'repetitive'), Buffer.alloc(5_000_000, 'all work and no play '));
  writeFileSync(join(source, 'content', 'at minimum'), randomBytes(512 * 1024));
  writeFileSync(join(source, 'content', 'text'), Buffer.from(randomBytes(3_000_000).toString('base64')));
}

/** Every node below a tree, with its path. */
async function* walk(repository: Repository, treeId: string, path = ''): AsyncGenerator<[string, TreeNode]> {
  for (const node of (await repository.loadTree(treeId)).nodes) {
    yield [`${path}/${node.name}`, node];
    if (node.subtree !== null) yield* walk(repository, node.subtree, `${path}/${node.name}`);
  }
}

for (const zone of ['UTC', 'America/St_Johns']) {
  describeWithRestic(`a repository that stock restic wrote in ${zone}`, () => {
    let restic: StockRestic;
    let repository: Repository;
    let nodes: Map<string, TreeNode>;

    beforeAll(async () => {
      restic = await StockRestic.create({ TZ: zone });
      makeSource(join(restic.root, 'source'));
      await restic.run('init', '--repository-version', '2');
      await restic.run('backup', '--tag', 'a<b', '--host', 'höst', 'source');
      repository = await openRepository(new FolderStore(restic.repository), PASSWORD);
      await repository.loadIndex();
      const { snapshot } = await repository.loadSnapshot('latest');
      nodes = new Map();
      for await (const [path, node] of walk(repository, snapshot.tree)) nodes.set(path, node);
    });
    afterAll(() => restic.remove());

    function node(path: string): TreeNode {
      const found = [...nodes].find(([key]) => key.endsWith(`/source/${path}`));
      if (found === undefined) throw new Error(`${path} is not in the snapshot`);
      return found[1];
    }

    it('opens with its own id and polynomial', async () => {
      const config = JSON.parse(await restic.run('cat', 'config'));
      expect(repository.id).toBe(config.id);
      expect(repository.config.chunkerPolynomial.toString(16)).toBe(config.chunker_polynomial);
    });

    it('has trees that encode to the same bytes', async () => {
      let trees = 0;
      for (const { type, id } of repository.index.blobs()) {
        if (type !== 'tree') continue;
        const bytes = await repository.loadBlob('tree', id);
        const tree = await repository.loadTree(id);
        expect(encodeTree(tree).toString('utf8')).toBe(bytes.toString('utf8'));
        expect(encodeTree({ nodes: tree.nodes.toReversed() }).equals(bytes)).toBe(true);
        trees += 1;
      }
      expect(trees).toBeGreaterThan(6);
    });

    it('has a snapshot that encodes to the same bytes', async () => {
      const { id, snapshot } = await repository.loadSnapshot('latest');
      expect(snapshot.tags).toEqual(['a<b']);
      expect(snapshot.hostname).toBe('höst');
      expect(encodeSnapshot(snapshot).toString()).toBe(
        (await repository.loadUnpacked('snapshots', id)).toString(),
      );
    });

    it('keeps names that are not UTF-8', () => {
      const names = [...nodes]
        .filter(([path]) => path.includes('/source/names/'))
        .map(([, one]) => rawBytes(one.name).toString('hex'));
      const expected = [...oddNames.map((name) => Buffer.from(name)), ...rawNames].map((name) =>
        name.toString('hex'),
      );
      expect(names.sort()).toEqual(expected.sort());
    });

    it('keeps times to the nanosecond, before 1970 too', () => {
      for (const time of oldTimes) {
        const utc = formatGoTime({ ns: node(`times/${time}`).mtime.ns, offsetSeconds: 0 });
        expect(utc).toBe(`${time.replace(' ', 'T')}Z`);
      }
    });

    it('keeps modes', () => {
      const all = node('modes/7777').mode;
      expect(all).toBe(0o777 + GO_MODE_SETUID + GO_MODE_SETGID + GO_MODE_STICKY);
      expect(node('modes/sticky').mode).toBe(GO_MODE_DIR + GO_MODE_SETGID + GO_MODE_STICKY + 0o777);
    });

    it.each(['random', 'zeros', 'repetitive', 'at minimum', 'text'])(
      'cuts %s where restic does',
      async (name) => {
        const { content } = node(`content/${name}`);
        const parts = await Promise.all((content ?? []).map((id) => repository.loadBlob('data', id)));
        const whole = Buffer.concat(parts);
        expect(whole.length).toBe(node(`content/${name}`).size);
        const chunker = new Chunker(repository.config.chunkerPolynomial);
        for (const step of [whole.length, 1_048_576, 65_537, 4096]) {
          expect(cutIds(chunker, whole, step)).toEqual(content);
        }
      },
    );

    it('reads a whole pack at once', async () => {
      for (const { packId, blobs } of repository.index.packs()) {
        const loaded = await Array.fromAsync(repository.loadBlobs(packId, blobs));
        expect(loaded.map((blob) => blob.id)).toEqual(blobs.map((blob) => blob.id));
        for (const blob of loaded) {
          expect('plaintext' in blob && hash('sha256', blob.plaintext, 'hex')).toBe(blob.id);
        }
      }
    });

    it('is found in order by our check', async () => {
      const report = await checkRepository(repository, { readData: true });
      expect(report.problems).toEqual([]);
      expect(report.snapshots).toBe(1);
    });
  });
}

function cutIds(chunker: Chunker, whole: Buffer, step: number): string[] {
  const ids: string[] = [];
  chunker.reset();
  let start = 0;
  for (let piece = 0; piece < whole.length; piece += step) {
    const end = Math.min(whole.length, piece + step);
    for (let cut = chunker.next(whole, piece, end); cut >= 0; cut = chunker.next(whole, cut, end)) {
      ids.push(hash('sha256', whole.subarray(start, cut), 'hex'));
      start = cut;
    }
  }
  if (start < whole.length) ids.push(hash('sha256', whole.subarray(start), 'hex'));
  return ids;
}
