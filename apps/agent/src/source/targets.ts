import { posix } from 'node:path';
import { readFolder } from './read-folder.ts';

/**
 * Where the paths of a backup hang in its snapshot. A leaf takes everything below `path`; an inner folder only
 * lends its metadata, read from `infoPath`, to the folders above the leaves.
 */
export type TargetFolder = Map<string, TargetNode>;
export type TargetNode =
  | { kind: 'leaf'; path: string; explicit: boolean; root: string }
  | {
      kind: 'folder';
      infoPath: string;
      root: string;
      children: TargetFolder;
      /** The folder is a target itself, not only above one. */
      whole: boolean;
    };

/**
 * Absolute paths keep all their folders, from `/` down; relative ones begin at their first name, as in restic.
 * Leading `..` are dropped, and two different things that would get one name become `name` and `name-1`. A path
 * without any name (`/`, `.`) stands for the entries of that folder. All paths are raw strings (see restic-format).
 */
export function targetTree(paths: readonly string[]): TargetFolder {
  const tree: TargetFolder = new Map();
  for (const { path, explicit } of distinctTargets(paths)) addTarget(tree, path, explicit);
  return unroll(tree);
}

function distinctTargets(paths: readonly string[]): { path: string; explicit: boolean }[] {
  const targets = new Map<string, boolean>();
  for (const given of paths) {
    const path = cleanPath(given);
    if (nameParts(path).length > 0) {
      targets.set(path, true);
      continue;
    }
    for (const name of readFolder(path)) {
      const entry = posix.join(path, name);
      if (!targets.has(entry)) targets.set(entry, false);
    }
  }
  return [...targets].map(([path, explicit]) => ({ path, explicit }));
}

/** Without a slash at the end, `.` parts and inner `..`. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function nameParts(path: string): string[] {
  return posix
    .join('/', path)
    .split('/')
    .filter((part) => part !== '');
}

/** The folder in which a target's first name lies: `/`, `.`, `..`, `../..`… */
function rootOf(path: string): string {
  if (path.startsWith('/')) return '/';
  const ups = path.split('/').filter((part) => part === '..');
  return ups.length === 0 ? '.' : ups.join('/');
}

function addTarget(tree: TargetFolder, path: string, explicit: boolean): void {
  const root = rootOf(path);
  const parts = nameParts(path);
  let folder = tree;
  let infoPath = root;
  parts.forEach((part, at) => {
    infoPath = posix.join(infoPath, part);
    const name = at === 0 ? freeName(folder, part, root) : part;
    const present = folder.get(name);
    if (at === parts.length - 1) {
      if (present === undefined) folder.set(name, { kind: 'leaf', path, explicit, root });
      else if (present.kind === 'folder') present.whole = true;
      return;
    }
    const next =
      present?.kind === 'folder'
        ? present
        : { kind: 'folder' as const, infoPath, root, children: new Map(), whole: present !== undefined };
    folder.set(name, next);
    folder = next.children;
  });
}

function freeName(folder: TargetFolder, wanted: string, root: string): string {
  let name = wanted;
  for (let number = 1; ; number++) {
    const present = folder.get(name);
    if (present === undefined || present.root === root) return name;
    name = `${wanted}-${number}`;
  }
}

/** `/a` and `/a/b` together are all entries of `/a`, with `/a/b` among them as it was asked for. */
function unroll(tree: TargetFolder): TargetFolder {
  for (const node of tree.values()) {
    if (node.kind === 'leaf') continue;
    if (node.whole) {
      for (const entry of readFolder(node.infoPath)) {
        if (node.children.has(entry)) continue;
        const path = posix.join(node.infoPath, entry);
        node.children.set(entry, { kind: 'leaf', path, explicit: false, root: node.root });
      }
    }
    unroll(node.children);
  }
  return tree;
}
