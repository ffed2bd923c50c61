import type { Snapshot } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { taskNames } from '../tasks/task-names.ts';
import { nameOfSnapshot } from './snapshot-name.ts';
import {
  findSnapshot,
  findSnapshots,
  markConfirmed,
  type SnapshotFilter,
  type SnapshotRow,
} from './snapshot-records.ts';
import { viewSnapshot } from './snapshot-view.ts';

export type { SnapshotRow } from './snapshot-records.ts';

/** Newest first; one more than `limit`, to see whether there is a next page. */
export async function listSnapshots(
  center: Center,
  filter: SnapshotFilter,
  page: { limit: number; after: { recordedAt: Date; id: string } | undefined },
): Promise<Snapshot[]> {
  return viewAll(center, await findSnapshots(center.db, filter, page));
}

/** Throws `snapshot-not-found`. */
export async function getSnapshot(center: Center, id: string): Promise<Snapshot> {
  const [view] = await viewAll(center, [await requireSnapshot(center, id)]);
  if (view === undefined) throw new Failure('snapshot-not-found', `there is no snapshot ${id}`);
  return view;
}

export async function requireSnapshot(center: Pick<Center, 'db'>, id: string): Promise<SnapshotRow> {
  const row = await findSnapshot(center.db, id);
  if (row === null) throw new Failure('snapshot-not-found', `there is no snapshot ${id}`);
  return row;
}

/**
 * Somebody says that this snapshot is as it should be, and all of its task's before it, though it looked odd: it
 * counts for retention from now on. Throws `snapshot-not-found`.
 */
export async function confirmSnapshot(center: Center, id: string, by: string): Promise<Snapshot> {
  await center.events.withChange(async (tx, tell) => {
    const found = await markConfirmed(tx, id, new Date(center.now()));
    if (!found) throw new Failure('snapshot-not-found', `there is no snapshot ${id}`);
    await tell({
      level: 'info',
      kind: 'snapshot-confirmed',
      remark: say('snapshot-confirmed', { by, snapshot: nameOfSnapshot(id) }),
      subject: { type: 'snapshot', id },
    });
  });
  center.live.changed('snapshots', id);
  const confirmed = await getSnapshot(center, id);
  await center.jobs.enqueueCare(confirmed.repositoryId);
  return confirmed;
}

async function viewAll(center: Center, rows: SnapshotRow[]): Promise<Snapshot[]> {
  const names = await taskNames(
    center,
    rows.map((row) => row.taskId).filter((id) => id !== null),
  );
  return rows.map((row) =>
    viewSnapshot(row, (row.taskId === null ? null : names.get(row.taskId)) ?? null, center),
  );
}
