import { type BigIntStats, closeSync, constants } from 'node:fs';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { linkAt, O_PATH, openAt } from '../posix/libc.ts';
import { say } from '../remarks/say.ts';
import { clearWay, judgeWay, statusAt } from './entry-in-the-way.ts';
import type { RestoredFile } from './file-in-work.ts';
import { place } from './place.ts';
import { noteWriteError, type RestoreJob } from './restore-job.ts';
import type { TargetFolder } from './target-folder.ts';

interface LinkSource {
  folder: TargetFolder;
  name: Buffer;
  /** Null for what is no regular file and is there at once. */
  file: RestoredFile | null;
}

interface PlannedLink {
  source: LinkSource;
  folder: TargetFolder;
  name: Buffer;
  path: string;
  node: TreeNode;
}

/** Entries of one hard-link group: the first is made as a file, the others become links to it at the end. */
export class LinkMaker {
  readonly #job: RestoreJob;
  /** First entry of each group, by device, inode and content. */
  readonly #sources = new Map<string, LinkSource>();
  readonly #links: PlannedLink[] = [];

  constructor(job: RestoreJob) {
    this.#job = job;
  }

  /** True when the entry is a link to one that was offered before: then it is made at the end. */
  take(node: TreeNode, folder: TargetFolder, name: Buffer, path: string): boolean {
    const key = linkKeyOf(node);
    const source = key === null ? undefined : this.#sources.get(key);
    if (source === undefined) return false;
    this.#links.push({ source, folder, name, path, node });
    return true;
  }

  offer(node: TreeNode, folder: TargetFolder, name: Buffer, file: RestoredFile | null): void {
    const key = linkKeyOf(node);
    if (key !== null) this.#sources.set(key, { folder, name, file });
  }

  makeAll(): void {
    for (const link of this.#links) this.#make(link);
  }

  /** A dry run leaves a source as it was that a real one would replace: its old link would then be wrong. */
  #isThatLink({ folder, name, file }: LinkSource, { dev, ino }: BigIntStats): boolean {
    const { folders, dryRun } = this.#job;
    if (dryRun && file?.kept !== true) return false;
    const status = statusAt(folders.open(folder), name);
    return status !== null && status.ino === ino && status.dev === dev;
  }

  #make({ source, folder, name, path, node }: PlannedLink): void {
    const { folders, issues, counters, dryRun, onItem } = this.#job;
    if (source.file !== null && source.file.state !== 'done') {
      issues.add(path, 'restore', 'damaged', say('link-to-unrestored', {}));
      return;
    }
    let from: number | undefined;
    try {
      const verdict = judgeWay(this.#job, folder, name, node);
      if (verdict.is === 'skip') {
        counters.filesSkipped += 1;
        return;
      }
      if (verdict.is === 'there' && this.#isThatLink(source, verdict.status)) {
        if (node.type === 'file') {
          counters.filesUnchanged += 1;
          counters.bytesUnchanged += node.size;
        } else counters.othersDone += 1;
        onItem('unchanged', path, node.size);
        return;
      }
      if (!dryRun) {
        // A descriptor of its own: opening the second folder may close the first.
        from = openAt(folders.open(source.folder), Buffer.from('.'), constants.O_DIRECTORY | O_PATH);
        const sourceFolder = from;
        const to = folders.open(folder);
        if (verdict.is === 'there' && verdict.status.isDirectory())
          clearWay(this.#job, to, name, verdict.status);
        place(to, name, verdict.is === 'there', (workName) =>
          linkAt(sourceFolder, source.name, to, workName),
        );
      }
      if (node.type === 'file') {
        counters.filesDone += 1;
        counters.bytesDone += node.size;
      } else counters.othersDone += 1;
      onItem('restored', path, node.size);
    } catch (error) {
      noteWriteError(this.#job, path, error);
    } finally {
      if (from !== undefined) closeSync(from);
    }
  }
}

/** The content is part of the key: inode numbers may be used again while a backup runs. */
function linkKeyOf(node: TreeNode): string | null {
  if (node.links < 2) return null;
  const content = node.content?.join() ?? `${node.linkTarget}:${node.device}`;
  return `${node.deviceId}:${node.inode}:${node.type}:${content}`;
}
