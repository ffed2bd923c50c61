import type { TreeNode } from '@breakwater/restic-format/tree';
import { say } from '../../remarks/say.ts';
import { type NodeStat, nodeFromStat } from '../../source/node-from-stat.ts';
import { tellRenamedAttribute } from '../attribute-names.ts';
import type { BackupJob } from '../backup-job.ts';

/** A regular file of the source. */
export interface SourceFile {
  name: string;
  /** Raw string. */
  path: string;
  /** What the parent snapshot has under its name. */
  previous: TreeNode | undefined;
  /** When it was begun, in ms of `performance.now()`. */
  began: number;
}

/** The node of a file that was opened, without content. */
export function openedNode(job: BackupJob, { name, path }: SourceFile, stat: NodeStat): TreeNode {
  const onError = (error: unknown): void => job.issues.addReadError(path, 'read', error);
  const node = nodeFromStat(name, path, stat, job.accounts, onError, job.withAtime);
  tellRenamedAttribute(job, path, node);
  return node;
}

/**
 * Fills in what was read: a file that shrank meanwhile is kept as far as it could be read, with an issue. `added`:
 * bytes that the repository did not have, `stored` what these take there.
 */
export function finishFile(
  job: BackupJob,
  { path, previous, began }: SourceFile,
  node: TreeNode,
  read: {
    size: number;
    bytes: number;
    content: string[];
    added: number;
    stored: () => Promise<number>;
  },
): TreeNode {
  const { size, bytes, content, added, stored } = read;
  node.content = content;
  node.size = bytes;
  if (bytes < size) {
    job.issues.add(path, 'read', 'shrank', say('file-shrank', { before: size, after: bytes }));
  }
  const fate = previous === undefined ? 'New' : isSameFile(previous, node) ? 'Unmodified' : 'Changed';
  const seconds = (performance.now() - began) / 1000;
  job.counters.countFile(fate, path, { added, stored, seconds });
  return node;
}

function isSameFile(previous: TreeNode, node: TreeNode): boolean {
  return (
    previous.type === 'file' &&
    previous.size === node.size &&
    previous.mtime.ns === node.mtime.ns &&
    previous.ctime.ns === node.ctime.ns &&
    previous.inode === node.inode &&
    previous.content !== null &&
    previous.content.length === node.content?.length &&
    previous.content.every((id, at) => id === node.content?.[at])
  );
}
