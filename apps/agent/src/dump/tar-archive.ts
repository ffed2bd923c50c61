import { once } from 'node:events';
import { Readable } from 'node:stream';
import { unixPermissions } from '@breakwater/restic-format/file-mode';
import { goTimeToMs } from '@breakwater/restic-format/go-time';
import { rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { type Header, type Pack, pack } from 'tar-stream';
import { aclText } from './acl-text.ts';
import type { ArchiveEntry } from './archive-entries.ts';

const TYPES = { file: 'file', dir: 'directory', symlink: 'symlink' } as const;
const ACLS: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SCHILY.acl.access',
  'system.posix_acl_default': 'SCHILY.acl.default',
};
/** The largest number of seven octal digits. */
const MAX_PLAIN_ID = 0o7777777;
/** Seconds since 1970, until 2038: a header has room for more, but its writer counts in 32 bits. */
const MAX_PLAIN_TIME = 2 ** 31 - 1;

/** A tar archive as it is made. What goes wrong while reading destroys the stream with that error. */
export function tarArchive(
  entries: AsyncIterable<ArchiveEntry>,
  contentOf: (node: TreeNode) => AsyncIterable<Buffer>,
): Readable {
  const archive = pack();
  fill(archive, entries, contentOf).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return Readable.from(archive, { objectMode: false });
}

async function fill(
  archive: Pack,
  entries: AsyncIterable<ArchiveEntry>,
  contentOf: (node: TreeNode) => AsyncIterable<Buffer>,
): Promise<void> {
  for await (const { name, node } of entries) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = archive.entry(headersOf(name, node), (error) => (error ? reject(error) : resolve()));
    if (node.type === 'file') {
      for await (const piece of contentOf(node)) {
        if (!entry.write(piece)) await once(entry, 'drain');
      }
    }
    entry.end(null);
    await promise;
  }
}

function headersOf(name: string, node: TreeNode): Partial<Header> & { name: string } {
  const pax = attributesOf(node);
  if (node.uid > MAX_PLAIN_ID) pax.uid = String(node.uid);
  if (node.gid > MAX_PLAIN_ID) pax.gid = String(node.gid);
  const mtime = Math.floor((goTimeToMs(node.mtime) + 500) / 1000);
  const plainTime = Math.min(Math.max(mtime, 0), MAX_PLAIN_TIME);
  if (mtime !== plainTime) pax.mtime = String(mtime);
  return {
    name: rawToDisplay(name),
    type: TYPES[node.type as keyof typeof TYPES],
    size: node.type === 'file' ? node.size : 0,
    mode: unixPermissions(node.mode),
    uid: Math.min(node.uid, MAX_PLAIN_ID),
    gid: Math.min(node.gid, MAX_PLAIN_ID),
    uname: node.user,
    gname: node.group,
    mtime: new Date(plainTime * 1000),
    ...(node.type === 'symlink' && { linkname: rawToDisplay(node.linkTarget) }),
    ...(Object.keys(pax).length > 0 && { pax }),
  };
}

/** ACLs in their text form; of other attributes those whose value is text, which is all that this format's writer takes. */
function attributesOf(node: TreeNode): Record<string, string> {
  const pax: Record<string, string> = {};
  for (const { name, value } of node.extendedAttributes) {
    const bytes = value ?? Buffer.alloc(0);
    const acl = ACLS[name];
    const text = acl === undefined ? bytes.toString('utf8') : aclText(bytes);
    if (text === null) continue;
    if (acl !== undefined) pax[acl] = text;
    else if (!text.includes('\0') && Buffer.from(text).equals(bytes)) pax[`SCHILY.xattr.${name}`] = text;
  }
  return pax;
}
