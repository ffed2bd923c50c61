import { chmodSync, closeSync, constants } from 'node:fs';
import { unixModeFromGo, unixPermissions } from '@breakwater/restic-format/file-mode';
import { rawBytes } from '@breakwater/restic-format/raw-string';
import type { Tree, TreeNode } from '@breakwater/restic-format/tree';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { errorCode } from '../posix/error-code.ts';
import { linkAt, makeFolderAt, makeNodeAt, makeSymlinkAt, O_PATH, openAt } from '../posix/libc.ts';
import { applyMetadata, applyMetadataByName } from './apply-metadata.ts';
import { FileBatch, type RestoredFile } from './file-batch.ts';
import { place } from './place.ts';
import { isDamage, noteWriteError, type RestoreJob } from './restore-job.ts';
import type { Selection } from './select-paths.ts';
import type { TargetFolder } from './target-folder.ts';

interface LinkSource {
  folder: TargetFolder;
  name: Buffer;
  /** Null for what is no regular file and is there at once. */
  file: RestoredFile | null;
}

/** Makes a snapshot's entries in the target; folders get their metadata when nothing below them changes any more. */
export class TreeRestorer {
  readonly #job: RestoreJob;
  readonly #files: FileBatch;
  readonly #folders: { folder: TargetFolder; node: TreeNode }[] = [];
  /** First entry of each hard-link group, by device, inode and content. */
  readonly #linkSources = new Map<string, LinkSource>();
  readonly #links: {
    source: LinkSource;
    folder: TargetFolder;
    name: Buffer;
    path: string;
    node: TreeNode;
  }[] = [];

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#files = new FileBatch(job);
  }

  async restore(tree: string, selection: Selection): Promise<void> {
    try {
      await this.#restoreFolder(tree, { parent: null, name: Buffer.alloc(0), path: '/' }, selection);
      await this.#files.write();
      for (const link of this.#links) this.#makeLink(link);
      for (const folder of this.#folders.reverse()) await this.#finishFolder(folder);
    } catch (error) {
      this.#files.abandon();
      throw error;
    }
  }

  async #restoreFolder(treeId: string, folder: TargetFolder, selection: Selection): Promise<void> {
    const { repository, signal, issues, breather } = this.#job;
    let tree: Tree;
    try {
      tree = await repository.loadTree(treeId, signal);
    } catch (error) {
      if (!isDamage(error) || folder.parent === null) throw error;
      issues.add(folder.path, 'restore', 'damaged', error.message);
      return;
    }
    for (const node of tree.nodes) {
      throwIfCancelled(signal);
      if (breather.due) await breather.pause();
      const wanted = selection === 'all' ? 'all' : selection.get(node.name);
      if (wanted !== undefined) await this.#restoreNode(node, folder, wanted);
    }
  }

  async #restoreNode(node: TreeNode, folder: TargetFolder, selection: Selection): Promise<void> {
    const path = `${folder.path === '/' ? '' : folder.path}/${node.name}`;
    const name = rawBytes(node.name);
    const flaw = flawOf(name);
    if (flaw !== null) {
      this.#job.issues.add(path, 'restore', 'refused', `The snapshot holds a name that ${flaw}`);
      return;
    }
    if (node.type === 'dir') await this.#makeFolder(node, { parent: folder, name, path }, selection);
    else if (node.type !== 'socket') await this.#makeEntry(node, folder, name, path);
  }

  async #makeFolder(node: TreeNode, folder: TargetFolder, selection: Selection): Promise<void> {
    const { folders, replace, issues } = this.#job;
    try {
      makeFolderAt(folders.open(folder.parent as TargetFolder), folder.name, 0o700);
    } catch (error) {
      if (!replace || errorCode(error) !== 'EEXIST') return noteWriteError(this.#job, folder.path, error);
    }
    try {
      // Of what was there before, only a real folder will do: this fails for a symlink to one.
      folders.open(folder);
    } catch (error) {
      return noteWriteError(this.#job, folder.path, error);
    }
    this.#folders.push({ folder, node });
    if (node.subtree === null) issues.add(folder.path, 'restore', 'damaged', 'The folder has no tree');
    else await this.#restoreFolder(node.subtree, folder, selection);
  }

  async #makeEntry(node: TreeNode, folder: TargetFolder, name: Buffer, path: string): Promise<void> {
    const linkKey = linkKeyOf(node);
    const source = linkKey === null ? undefined : this.#linkSources.get(linkKey);
    if (source !== undefined) {
      this.#links.push({ source, folder, name, path, node });
      return;
    }
    const file = node.type === 'file' ? await this.#files.add(folder, name, path, node) : null;
    if (file === null && !this.#makeSpecial(node, folder, name, path)) return;
    if (linkKey !== null) this.#linkSources.set(linkKey, { folder, name, file });
  }

  /** Symlinks, FIFOs and devices. */
  #makeSpecial(node: TreeNode, folder: TargetFolder, name: Buffer, path: string): boolean {
    const { folders, replace, issues } = this.#job;
    const isDevice = node.type === 'dev' || node.type === 'chardev';
    if (!isDevice && node.type !== 'symlink' && node.type !== 'fifo') {
      issues.add(path, 'restore', 'unsupported', `Entries of the type "${node.type}" cannot be made`);
      return false;
    }
    try {
      const parent = folders.open(folder);
      place(parent, name, replace, (workName) => {
        if (node.type === 'symlink') makeSymlinkAt(rawBytes(node.linkTarget), parent, workName);
        else makeNodeAt(parent, workName, unixModeFromGo(node.mode) & ~0o7777, isDevice ? node.device : 0n);
        applyMetadataByName(this.#job, parent, workName, node);
        if (node.type !== 'symlink') changeMode(parent, workName, unixPermissions(node.mode));
      });
      return true;
    } catch (error) {
      if (isDevice && errorCode(error) === 'EPERM') {
        issues.add(path, 'restore', 'unsupported', 'Devices can only be made by root');
      } else noteWriteError(this.#job, path, error);
      return false;
    }
  }

  #makeLink(link: {
    source: LinkSource;
    folder: TargetFolder;
    name: Buffer;
    path: string;
    node: TreeNode;
  }): void {
    const { folders, replace, issues, counters } = this.#job;
    const { source, folder, name, path, node } = link;
    if (source.file !== null && source.file.state !== 'done') {
      issues.add(path, 'restore', 'damaged', 'It is a hard link to a file that could not be restored');
      return;
    }
    let from: number | undefined;
    try {
      // A descriptor of its own: opening the second folder may close the first.
      from = openAt(folders.open(source.folder), Buffer.from('.'), constants.O_DIRECTORY | O_PATH);
      const sourceFolder = from;
      const to = folders.open(folder);
      place(to, name, replace, (workName) => linkAt(sourceFolder, source.name, to, workName));
      if (node.type !== 'file') return;
      counters.filesDone += 1;
      counters.bytesDone += node.size;
    } catch (error) {
      noteWriteError(this.#job, path, error);
    } finally {
      if (from !== undefined) closeSync(from);
    }
  }

  async #finishFolder({ folder, node }: { folder: TargetFolder; node: TreeNode }): Promise<void> {
    const { folders, breather, signal } = this.#job;
    throwIfCancelled(signal);
    if (breather.due) await breather.pause();
    let own: number | undefined;
    try {
      own = openAt(folders.open(folder), Buffer.from('.'), constants.O_RDONLY | constants.O_DIRECTORY);
      applyMetadata(this.#job, own, folders.open(folder.parent as TargetFolder), folder.name, node);
    } catch (error) {
      noteWriteError(this.#job, folder.path, error);
    } finally {
      if (own !== undefined) closeSync(own);
    }
  }
}

function flawOf(name: Buffer): string | null {
  if (name.length === 0) return 'is empty';
  if (name.includes('/')) return 'contains a slash';
  if (name.includes(0)) return 'contains a NUL byte';
  if (name.equals(Buffer.from('.')) || name.equals(Buffer.from('..'))) return `is "${name.toString()}"`;
  return null;
}

/** The content is part of the key: inode numbers may be used again while a backup runs. */
function linkKeyOf(node: TreeNode): string | null {
  if (node.links < 2) return null;
  const content = node.content?.join() ?? `${node.linkTarget}:${node.device}`;
  return `${node.deviceId}:${node.inode}:${node.type}:${content}`;
}

/** chmod(2) follows links, and a path could be one by now; a descriptor cannot. */
function changeMode(folder: number, name: Buffer, mode: number): void {
  const own = openAt(folder, name, O_PATH | constants.O_NOFOLLOW);
  try {
    chmodSync(`/proc/self/fd/${own}`, mode);
  } finally {
    closeSync(own);
  }
}
