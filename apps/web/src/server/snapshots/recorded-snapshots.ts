import type { KnownSnapshot } from '@breakwater/domain/known-snapshots';
import type { Center } from '../center.ts';
import type { Prisma } from '../db/generated/client.ts';
import {
  catalogedIds,
  forgottenButThere,
  liveTrees,
  forgetUnheld,
  type RecordedSnapshot,
  recordedSnapshots,
  removeSnapshotCopies,
} from './snapshot-records.ts';

/** A snapshot that a dispatched run made, with where it lies. */
export interface RecordedOfTask extends KnownSnapshot {
  taskId: string;
  repositoryId: string;
  /** As it stands in the snapshot. */
  time: string;
  nodeIds: string[];
}

/** What runs of tasks have left and nobody has forgotten: in a repository, or of one task, wherever it is. */
export async function recordedOf(
  center: Pick<Center, 'db'>,
  of: { repositoryId: string } | { taskId: string },
): Promise<RecordedOfTask[]> {
  return (await recordedSnapshots(center.db, of)).flatMap((row) =>
    row.taskId === null ? [] : [recorded(row, row.taskId)],
  );
}

function recorded(row: RecordedSnapshot, taskId: string): RecordedOfTask {
  const { id, repositoryId, command, time, recordedAt, files, bytes, confirmedAt, copies } = row;
  return {
    id,
    taskId,
    repositoryId,
    madeOf: command,
    time,
    recordedAt: recordedAt.getTime(),
    madeAt: Date.parse(time),
    offsetSeconds: offsetOf(time),
    files: files === null ? null : Number(files),
    bytes: bytes === null ? null : Number(bytes),
    confirmed: confirmedAt !== null,
    nodeIds: copies.map(({ nodeId }) => nodeId),
  };
}

/** Seconds east of UTC, of an RFC 3339 time. */
function offsetOf(time: string): number {
  const parts = /([+-])(\d\d):(\d\d)$/.exec(time);
  if (parts === null) return 0;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60;
  return parts[1] === '-' ? -seconds : seconds;
}

/** Of these ids, those that the catalog knows, forgotten ones too. */
export async function knownToCatalog(
  center: Pick<Center, 'db'>,
  repositoryId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  return catalogedIds(center.db, repositoryId, ids);
}

/**
 * Snapshots that were forgotten and lie on a copy again, or still: nobody knew then that it had them. They are to go
 * from there, too.
 */
export async function forgottenButHeld(center: Pick<Center, 'db'>, repositoryId: string): Promise<string[]> {
  return forgottenButThere(center.db, repositoryId);
}

/** A run has removed snapshots from copies: what no copy has any more is gone from the catalog, too. */
export async function noteForgotten(
  tx: Prisma.TransactionClient,
  repositoryId: string,
  forgotten: readonly { nodeId: string; snapshotIds: readonly string[] }[],
  at: Date,
): Promise<void> {
  for (const { nodeId, snapshotIds } of forgotten) {
    await removeSnapshotCopies(tx, { repositoryId, nodeId }, snapshotIds);
  }
  const ids = new Set(forgotten.flatMap(({ snapshotIds }) => snapshotIds));
  await forgetUnheld(tx, repositoryId, [...ids], at);
}

/** The trees of a repository's snapshots that nobody forgot. */
export async function treesOfSnapshots(center: Pick<Center, 'db'>, repositoryId: string): Promise<string[]> {
  return liveTrees(center.db, repositoryId);
}
