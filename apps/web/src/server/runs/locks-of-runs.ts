import { runLock } from '@breakwater/contract/run';
import { isFinal, type RunState } from '@breakwater/domain/run-state';
import { z } from 'zod';
import type { Center } from '../center.ts';
import { activeRunsOf, keepLocks, runsWithLocks } from './run-records.ts';

export interface LockOwner {
  nodeId: string;
  name: string;
  runId: string;
  /** The run has not ended. */
  alive: boolean;
}

export const storedLocks = z.array(runLock);

/** The locks that runs of a repository have, or have left behind, as far as they have said so. */
export async function ownersOfLocks(center: Pick<Center, 'db'>, repositoryId: string): Promise<LockOwner[]> {
  const runs = await runsWithLocks(center.db, repositoryId);
  return runs.flatMap(({ id, state, locks }) =>
    storedLocks.parse(locks).map((lock) => ({ ...lock, runId: id, alive: !isFinal(state as RunState) })),
  );
}

/** Runs of a repository that agents took in hand within so many milliseconds. */
export async function runsJustBegun(
  center: Pick<Center, 'db' | 'now'>,
  repositoryId: string,
  withinMs: number,
): Promise<string[]> {
  const active = await activeRunsOf(center.db, repositoryId);
  const since = center.now() - withinMs;
  return active.filter(({ dispatchedAt }) => (dispatchedAt?.getTime() ?? 0) >= since).map(({ id }) => id);
}

/** An ended run has no locks on this node any more. */
export async function locksRemoved(center: Pick<Center, 'db'>, runId: string, nodeId: string): Promise<void> {
  await keepLocks(center.db, runId, (locks) =>
    storedLocks.parse(locks).filter((lock) => lock.nodeId !== nodeId),
  );
}
