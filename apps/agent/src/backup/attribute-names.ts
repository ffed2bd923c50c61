import { isPlain, rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { say } from '../remarks/say.ts';
import { displayPath } from '../source/display-path.ts';
import type { BackupJob } from './backup-job.ts';

/** Jobs that were told of one. */
const told = new WeakSet<BackupJob>();

/**
 * Tells, once a backup, of an extended attribute whose name the format cannot hold. It is no issue of the file: all
 * its data is stored, and the same would be told at every backup. `path` is a raw string.
 */
export function tellRenamedAttribute(job: BackupJob, path: string, { extendedAttributes }: TreeNode): void {
  if (extendedAttributes.length === 0) return;
  const odd = extendedAttributes.find(({ name }) => !isPlain(name));
  if (odd === undefined || told.has(job)) return;
  told.add(job);
  job.onWarning(say('attribute-renamed', { path: displayPath(path), name: rawToDisplay(odd.name) }));
}
