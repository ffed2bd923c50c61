import type { Run, RunDetail } from '@breakwater/contract/run';
import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { activeRuns, findRun, listRuns, pendingRuns, type RunFilter, type RunRow } from './run-records.ts';
import { viewRun, viewRunDetail } from './run-view.ts';

export type { RunRow } from './run-records.ts';

/** Newest first, one more than `limit`, with the key of the page after each. */
export async function findRuns(
  center: Pick<Center, 'db'>,
  filter: RunFilter,
  page: { limit: number; after: { createdAt: Date; id: string } | null },
): Promise<Run[]> {
  const rows = await listRuns(center.db, filter, { limit: page.limit + 1, after: page.after });
  return rows.map(viewRun);
}

/** Throws `not-found`. */
export async function getRun(center: Pick<Center, 'db'>, id: string): Promise<RunDetail> {
  return viewRunDetail(await requireRun(center, id));
}

export async function requireRun(center: Pick<Center, 'db'>, id: string): Promise<RunRow> {
  const row = await findRun(center.db, id);
  if (row === null) throw new Failure('not-found', `there is no run ${id}`);
  return row;
}

/** Runs that agents have in hand, or had. */
export async function outstandingRuns(center: Pick<Center, 'db'>): Promise<RunRow[]> {
  return activeRuns(center.db);
}

/** Runs that have not gone out for at least `ageMs`. */
export async function idleRuns(center: Pick<Center, 'db' | 'now'>, ageMs: number): Promise<RunRow[]> {
  return pendingRuns(center.db, { before: new Date(center.now() - ageMs) });
}
