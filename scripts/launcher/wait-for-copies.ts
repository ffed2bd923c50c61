import { setTimeout as pause } from 'node:timers/promises';
import { page, repository } from '@breakwater/contract/resources';
import { run } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import type { CenterApi } from './center-api.ts';
import { say } from './steps.ts';

/** A replication begins within seconds of the backup; one that still waits then, waits for a node that is away. */
const PATIENCE_MS = 30_000;

/**
 * Waits until a repository is complete on as many nodes as its tasks want, and no node is fetching it any more: its
 * copies can then be used by stock restic at once. Tells how many there are; what cannot be copied now is not waited for.
 */
export async function waitForCopies(api: CenterApi, repositoryId: string): Promise<void> {
  const startedAt = Date.now();
  let told = false;
  for (;;) {
    const { copiesComplete, copiesWanted } = await api.get(`/repositories/${repositoryId}`, repository);
    const { items } = await api.get('/runs?kind=replicate&limit=50', page(run));
    const open = items.filter((one) => one.repositoryId === repositoryId && !isFinal(one.state));
    const going = open.filter(({ state }) => state === 'dispatched' || state === 'running');
    const isComplete = copiesComplete >= copiesWanted && open.length === 0;
    if (isComplete || (going.length === 0 && Date.now() - startedAt > PATIENCE_MS)) {
      const why = open.find(({ reason }) => reason !== null)?.reason;
      say(`  Copies:   ${copiesComplete} of ${copiesWanted}${isComplete || why == null ? '' : ` (${why})`}`);
      return;
    }
    if (going.length > 0 && !told) say('  Copying to another node …');
    told ||= going.length > 0;
    await pause(500);
  }
}
