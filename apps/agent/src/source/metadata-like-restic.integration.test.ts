import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAttribute } from '../posix/libc.ts';
import { backUpInto, createRepository, openWithIndex } from '../testing/work-repository.ts';
import { otherFileSystems } from './own-file-systems.ts';

/** acl(5) as Linux keeps it: version 2, then tag, permissions and id of each entry, little-endian. */
function posixAcl(entries: readonly [tag: number, permissions: number, id: number][]): Buffer {
  const bytes = Buffer.alloc(4 + entries.length * 8);
  bytes.writeUInt32LE(2);
  for (const [at, [tag, permissions, id]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + at * 8);
    bytes.writeUInt16LE(permissions, 6 + at * 8);
    bytes.writeUInt32LE(id, 8 + at * 8);
  }
  return bytes;
}

const NOBODY = 0xffff_ffff;
/** user::rw-, user:65534:rw-, group::r--, mask::rw-, other::--- */
const ACL = posixAcl([
  [1, 6, NOBODY],
  [2, 6, 65_534],
  [4, 4, NOBODY],
  [16, 6, NOBODY],
  [32, 0, NOBODY],
]);

describeWithRestic('the metadata in a snapshot', () => {
  let restic: StockRestic;
  let source: string;
  beforeEach(async () => {
    restic = await StockRestic.create();
    source = join(restic.root, 'source');
    mkdirSync(source);
    await createRepository(restic.repository);
  });
  afterEach(() => restic.remove());

  it('is what restic writes: ACLs, attributes, set-id bits; no sockets', async () => {
    writeFileSync(join(source, 'acl'), 'shared');
    mkdirSync(join(source, 'folder'));
    writeFileSync(join(source, 'set-id'), '');
    chmodSync(join(source, 'set-id'), 0o6755);
    chmodSync(join(source, 'folder'), 0o3775);
    symlinkSync('acl', join(source, 'link'));
    const had: [string, string, Buffer][] = [
      ['acl', 'system.posix_acl_access', ACL],
      ['acl', 'user.note', Buffer.from('x')],
      ['folder', 'system.posix_acl_default', ACL],
    ];
    const set = had.filter(([file, name, value]) => setAttribute(join(source, file), name, value));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(source, 'socket'), resolve));
    expect(lstatSync(join(source, 'socket')).isSocket()).toBe(true);

    await restic.run('backup', source);
    const { snapshot, issues } = await backUpInto(restic.repository, [source]);
    server.close();
    expect(issues).toEqual([]);
    const opened = await openWithIndex(restic.repository);
    const [theirs] = (await opened.listSnapshots()).filter(({ snapshot: one }) => one.summary === null);
    const nodesOf = async (root: string): Promise<TreeNode[]> => {
      let { nodes } = await opened.loadTree(root);
      for (const name of source.split('/').slice(1)) {
        const subtree = nodes.find((node) => node.name === name)?.subtree ?? '';
        nodes = (await opened.loadTree(subtree)).nodes;
      }
      return nodes;
    };
    const ours = await nodesOf(snapshot.tree);
    expect(ours).toEqual(await nodesOf(theirs?.snapshot.tree ?? ''));
    expect(ours.map(({ name }) => name)).toEqual(['acl', 'folder', 'link', 'set-id']);
    // On a file system without attributes or ACLs there is less to compare.
    for (const [file, name, value] of set) {
      const attributes = ours.find((node) => node.name === file)?.extendedAttributes ?? [];
      expect(attributes).toContainEqual({ name, value });
    }
  });

  it('keeps a folder on which another file system is mounted, without its content', () => {
    const isOther = otherFileSystems(['/']);
    const stat = (path: string) => lstatSync(path, { bigint: true });
    expect(isOther('/proc', stat('/proc'))).toBe(false);
    expect(isOther('/proc/version', stat('/proc/version'))).toBe(true);
    expect(isOther('/proc/sys', stat('/proc/sys'))).toBe(true);
    expect(otherFileSystems(['/', '/proc'])('/proc/version', stat('/proc/version'))).toBe(false);
  });
});

/** False where the file system does not take it. */
function setAttribute(path: string, name: string, value: Buffer): boolean {
  const file = openSync(path, 'r');
  try {
    writeAttribute(file, name, value);
    return true;
  } catch (error) {
    if (['ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    closeSync(file);
  }
}
