import { type BigIntStats, readlinkSync } from 'node:fs';
import { goModeFromUnix, nodeTypeOf } from '@breakwater/restic-format/file-mode';
import { localGoTime } from '@breakwater/restic-format/go-time';
import { rawBytes, rawFromBytes } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { type ExtendedAttribute, readAttributes } from '../posix/libc.ts';
import type { AccountNames } from './account-names.ts';
import { systemPath } from './system-path.ts';

/** What a node needs of a file's status. */
export type NodeStat = Pick<
  BigIntStats,
  'mode' | 'uid' | 'gid' | 'size' | 'nlink' | 'ino' | 'dev' | 'rdev' | 'atimeNs' | 'mtimeNs' | 'ctimeNs'
>;

const ATTRIBUTES_MISSING = 'not all of its extended attributes could be read';

/**
 * The tree node of one file-system entry as stock restic writes it: without `withAtime` the access time is the
 * modification time; links are counted for what can be hard-linked, sizes are kept for files only. Content and
 * subtree are the caller's. Throws the system's error when a link cannot be read; attributes that cannot be
 * listed or read are told and left out, and the node says so, so that the next backup tries again.
 */
export function nodeFromStat(
  name: string,
  path: string,
  stat: NodeStat,
  accounts: AccountNames,
  onAttributeError: (error: unknown) => void,
  withAtime = false,
): TreeNode {
  const type = nodeTypeOf(Number(stat.mode));
  let error = '';
  const attributesFailed = (why: unknown): void => {
    error = ATTRIBUTES_MISSING;
    onAttributeError(why);
  };
  const mtime = localGoTime(stat.mtimeNs);
  const uid = Number(stat.uid);
  const gid = Number(stat.gid);
  const isDevice = type === 'dev' || type === 'chardev';
  return {
    name,
    type,
    mode: goModeFromUnix(Number(stat.mode)),
    mtime,
    atime: withAtime ? localGoTime(stat.atimeNs) : mtime,
    ctime: localGoTime(stat.ctimeNs),
    uid,
    gid,
    user: accounts.user(uid),
    group: accounts.group(gid),
    inode: stat.ino,
    deviceId: stat.dev,
    size: type === 'file' ? Number(stat.size) : 0,
    links: type === 'file' || type === 'symlink' || isDevice ? Number(stat.nlink) : 0,
    linkTarget: type === 'symlink' ? readTarget(path) : '',
    // Those of symlinks, too, as restic 0.16 and later: security labels stand there.
    extendedAttributes: attributesOf(path, attributesFailed),
    genericAttributes: null,
    device: isDevice ? stat.rdev : 0n,
    content: type === 'file' ? [] : null,
    subtree: null,
    error,
  };
}

function readTarget(path: string): string {
  return rawFromBytes(readlinkSync(systemPath(path), { encoding: 'buffer' }));
}

function attributesOf(path: string, onError: (error: unknown) => void): ExtendedAttribute[] {
  try {
    return readAttributes(rawBytes(path), onError);
  } catch (error) {
    onError(error);
    return [];
  }
}

/**
 * Whether a symlink's node of the parent snapshot says what reading the link has given. Its change time does not
 * tell: restic before 0.16 stored targets that are not UTF-8 wrong, and no attributes of symlinks.
 */
export function isSameLink(previous: TreeNode, now: TreeNode): boolean {
  const attributes = previous.extendedAttributes;
  return (
    previous.linkTarget === now.linkTarget &&
    attributes.length === now.extendedAttributes.length &&
    attributes.every(({ name, value }, at) => {
      const other = now.extendedAttributes[at];
      return (
        other !== undefined &&
        name === other.name.toWellFormed() &&
        (value ?? EMPTY).equals(other.value ?? EMPTY)
      );
    })
  );
}

const EMPTY = Buffer.alloc(0);

/**
 * Whether a node of the parent snapshot says of an entry what reading it once more would say, content, subtree and
 * what `isSameLink` compares aside: whatever changes attributes or a link's target changes the change time. (A zone of another offset since
 * then leaves the times as they were written: the instants are the same.)
 */
export function isSameNode(previous: TreeNode, stat: NodeStat, accounts: AccountNames): boolean {
  const { type } = previous;
  const isDevice = type === 'dev' || type === 'chardev';
  return (
    previous.ctime.ns === stat.ctimeNs &&
    previous.mtime.ns === stat.mtimeNs &&
    previous.inode === stat.ino &&
    previous.deviceId === stat.dev &&
    type === nodeTypeOf(Number(stat.mode)) &&
    previous.mode === goModeFromUnix(Number(stat.mode)) &&
    (type !== 'file' || BigInt(previous.size) === stat.size) &&
    (type === 'dir' || previous.links === Number(stat.nlink)) &&
    (!isDevice || previous.device === stat.rdev) &&
    BigInt(previous.uid) === stat.uid &&
    BigInt(previous.gid) === stat.gid &&
    previous.user === accounts.user(previous.uid) &&
    previous.group === accounts.group(previous.gid) &&
    previous.atime.ns === previous.mtime.ns &&
    previous.error === ''
  );
}
