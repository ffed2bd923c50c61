import type { WrittenEvent } from '../events/write-event.ts';
import { storedLocks } from './locks-of-runs.ts';
import { publishRun } from './publish-run.ts';
import { runAsk } from './run-ask.ts';
import type { RunContext } from './run-context.ts';
import { pendingRuns, type RunRow } from './run-records.ts';
import { wakeRun } from './start-run.ts';

/** After a run has ended: browsers and people are told, and what waited for it on the same server is looked at. */
export async function settleRun(
  context: RunContext,
  { run, event }: { run: RunRow; event: WrittenEvent | null },
): Promise<void> {
  if (event !== null) await context.events.announce(event);
  publishRun(context, run);
  const address = serverOf(run);
  if (address !== null) await wakeServer(context, address);
  if (run.repositoryId === null) return;
  await wakeRepository(context, run.repositoryId);
  // A backup may have pushed snapshots out, or stored again what was damaged; what a prune has mended is to be looked
  // at; what an ended run has locked is free.
  if (run.kind === 'backup' || run.kind === 'prune' || storedLocks.parse(run.locks).length > 0) {
    await enqueueCare(context, run.repositoryId);
  }
}

/** Has every run looked at that waits for this repository: somebody has done with it. */
async function wakeRepository(context: RunContext, repositoryId: string): Promise<void> {
  for (const run of await pendingRuns(context.db, { repositoryId })) await wakeRun(context, run.id);
}

/** When the queue cannot be reached now, the next sweep cares for the repository. */
async function enqueueCare(context: RunContext, repositoryId: string): Promise<void> {
  try {
    await context.jobs.enqueueCare(repositoryId);
  } catch (error) {
    context.logger.warn({ err: error, repositoryId }, 'the housekeeping queue took no job; the sweep will');
  }
}

/** Has every run that waits for this server looked at: it is back, or has finished something. */
export async function wakeServer(context: RunContext, address: string): Promise<void> {
  for (const run of await pendingRuns(context.db, {})) {
    const server = serverOf(run);
    // A check goes to any maintenance agent.
    if (server === null || server === address) await wakeRun(context, run.id);
  }
}

/** The address of the server a run goes to; null when any maintenance agent may do it. */
export function serverOf(run: Pick<RunRow, 'order' | 'sourceAddress'>): string | null {
  const ask = runAsk.parse(run.order);
  if (ask.kind === 'backup') return run.sourceAddress;
  return ask.kind === 'restore' ? ask.targetAddress : null;
}
