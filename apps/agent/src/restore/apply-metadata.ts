import { closeSync, constants, fchmodSync, fchownSync } from 'node:fs';
import type { Remark } from '@breakwater/contract/remark';
import { unixPermissions } from '@breakwater/restic-format/file-mode';
import type { ExtendedAttribute, TreeNode } from '@breakwater/restic-format/tree';
import { errorCode } from '../posix/error-code.ts';
import { chownAt, setTimesAt, setTimesOf, timesOf, writeAttribute, writeAttributeAt } from '../posix/libc.ts';
import { say } from '../remarks/say.ts';

export interface Ownership {
  uid: number;
  gid: number;
  /** Permission bits of chmod(2). */
  mode: number;
}

/** What an entry is given once its content is there. */
export interface EntryMetadata extends Ownership {
  /** As `timesOf` makes them. */
  times: BigInt64Array;
  attributes: readonly ExtendedAttribute[];
}

/** What could not be given to entries for want of rights or support. */
export interface MetadataRefusals {
  owners: boolean;
  attributes: boolean;
}

const SET_ID_BITS = 0o6000;

export function metadataOf(node: TreeNode): EntryMetadata {
  return {
    uid: node.uid,
    gid: node.gid,
    mode: unixPermissions(node.mode),
    times: timesOf(node.atime.ns, node.mtime.ns),
    attributes: node.extendedAttributes,
  };
}

/**
 * Owner, attributes, mode and times of an open file or folder, in the order in which none undoes another: a new
 * owner clears capabilities and set-id bits, a write moves the times.
 */
export function applyMetadata(file: number, metadata: EntryMetadata, refusals: MetadataRefusals): void {
  const { uid, gid, mode } = metadata;
  const owned = tryOwner(refusals, () => fchownSync(file, uid, gid));
  for (const { name, value } of metadata.attributes) {
    tryAttribute(refusals, () => writeAttribute(file, name, value ?? Buffer.alloc(0)));
  }
  // A program that should run as its owner must not run as whoever restored it.
  fchmodSync(file, owned ? mode : mode & ~SET_ID_BITS);
  setTimesOf(file, metadata.times);
}

/** The same for what has no descriptor: symlinks, FIFOs, devices. Their mode is given when they are made. */
export function applyMetadataByName(
  folder: number,
  name: Buffer,
  node: TreeNode,
  refusals: MetadataRefusals,
): void {
  tryOwner(refusals, () => chownAt(folder, name, node.uid, node.gid));
  for (const { name: attribute, value } of node.extendedAttributes) {
    tryAttribute(refusals, () => writeAttributeAt(folder, name, attribute, value ?? Buffer.alloc(0)));
  }
  setTimesAt(folder, name, node.atime.ns, node.mtime.ns);
}

/** What the refusals of a whole restore come to, in words. */
export function refusalNote({ owners, attributes }: MetadataRefusals): Remark | null {
  if (owners) return say(attributes ? 'owners-and-attributes-not-restored' : 'owners-not-restored', {});
  return attributes ? say('attributes-not-restored', {}) : null;
}

export function addRefusals(all: MetadataRefusals, some: MetadataRefusals): void {
  all.owners ||= some.owners;
  all.attributes ||= some.attributes;
}

const asRoot = process.geteuid?.() === 0;

function tryOwner(refusals: MetadataRefusals, change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EPERM' || asRoot) throw error;
    refusals.owners = true;
    return false;
  }
}

const ATTRIBUTE_REFUSED = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP']);

/** Attributes that the target's file system or our rights do not allow are told once, not for each file. */
function tryAttribute(refusals: MetadataRefusals, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!ATTRIBUTE_REFUSED.has(errorCode(error) ?? '')) throw error;
    refusals.attributes = true;
  }
}

export const NEW_FILE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
export const SAME_FILE_FLAGS = constants.O_WRONLY | constants.O_NOFOLLOW;

export function closeQuietly(file: number | undefined): void {
  if (file === undefined) return;
  try {
    closeSync(file);
  } catch {
    // The error that led here is the one to tell.
  }
}
