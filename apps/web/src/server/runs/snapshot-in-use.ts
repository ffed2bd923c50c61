import { runAsk } from './run-ask.ts';
import { holdLock, openRunsOf, type RunStore } from './run-records.ts';

/**
 * The unfinished run that restores from this snapshot or forgets it, if there is one. In a transaction, nobody else
 * begins one until that has ended.
 */
export async function runUsingSnapshot(
  store: RunStore,
  snapshot: { id: string; repositoryId: string },
): Promise<{ runId: string; kind: 'restore' | 'forget' } | null> {
  if (!('$transaction' in store)) await holdLock(store, `snapshot ${snapshot.id}`);
  for (const run of await openRunsOf(store, snapshot.repositoryId)) {
    const ask = runAsk.parse(run.order);
    if (ask.kind === 'restore' && ask.snapshotId === snapshot.id) return { runId: run.id, kind: ask.kind };
    if (ask.kind === 'forget' && ask.snapshotIds.includes(snapshot.id))
      return { runId: run.id, kind: ask.kind };
  }
  return null;
}
