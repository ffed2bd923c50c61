import type { RepositoryLock } from '@breakwater/contract/repository-care';

/** What removing a lock means, or that it cannot be: the control center refuses it for a run that goes on. */
export type LockRemoval = 'not-while-it-runs' | 'stale' | 'of-ended-run' | 'of-somebody-else';

/** `activeRunIds`: of every run that has not ended; null while they are not known. */
export function lockRemoval(
  lock: Pick<RepositoryLock, 'runId' | 'stale'>,
  activeRunIds: readonly string[] | null,
): LockRemoval {
  if (lock.runId !== null && (activeRunIds === null || activeRunIds.includes(lock.runId))) {
    return 'not-while-it-runs';
  }
  if (lock.stale) return 'stale';
  return lock.runId === null ? 'of-somebody-else' : 'of-ended-run';
}
