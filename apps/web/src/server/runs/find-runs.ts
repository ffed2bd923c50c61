import type { Run, RunDetail } from '@breakwater/contract/run';
import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { type RunAsk, runAsk } from './run-ask.ts';
import {
  activeRuns,
  activeRunsOf,
  findRun,
  lastEndedRun,
  listRuns,
  openRunsOf,
  pendingRuns,
  type RunFilter,
  type RunRow,
} from './run-records.ts';
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

/** What is still to be done in a repository, or being done. */
export async function unfinishedRunsOf(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<{ kind: string; ask: RunAsk }[]> {
  const rows = await openRunsOf(center.db, repositoryId);
  return rows.map(({ kind, order }) => ({ kind, ask: runAsk.parse(order) }));
}

/** Whether the newest run of this kind in a repository failed or could not be sent, not before `since` (epoch ms). */
export async function failedSince(
  center: Pick<Center, 'db'>,
  repositoryId: string,
  kind: string,
  since: number,
): Promise<boolean> {
  const last = await lastEndedRun(center.db, repositoryId, kind);
  const failed = last?.state === 'failed' || last?.state === 'stopped';
  return failed && (last?.endedAt?.getTime() ?? 0) >= since;
}

/** Whether an agent has a backup to this repository in hand. */
export async function hasUnfinishedBackup(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<boolean> {
  return (await activeRunsOf(center.db, repositoryId)).some(({ kind }) => kind === 'backup');
}
