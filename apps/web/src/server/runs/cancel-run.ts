import { Failure } from '@breakwater/domain/failure';
import { isFinal, type RunState } from '@breakwater/domain/run-state';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { moveRunAlone } from './move-run.ts';
import { publishRun } from './publish-run.ts';
import { activeRuns, findRun, type RunRow, rememberCancel } from './run-records.ts';
import { runAsk } from './run-ask.ts';
import { settleRun } from './settle-run.ts';

/** A dispatcher may take the run away from under a cancel this many times before that is our fault. */
const MAX_TRIES = 5;

/**
 * Cancels a run. One that has not gone out ends at once; one that an agent has in hand ends when the agent says so,
 * and an agent that is away is told when it is back. Throws `not-found`; `conflict` for a run that has ended.
 */
export async function cancelRun(center: Center, runId: string, by: string): Promise<RunRow> {
  const remark = say('cancelled-by', { by });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const run = await findRun(center.db, runId);
    if (run === null) throw new Failure('not-found', `there is no run ${runId}`);
    if (isFinal(run.state as RunState))
      throw new Failure('conflict', `this run has ended already: ${run.state}`);
    if (run.state === 'queued' || run.state === 'waiting') {
      const move = await moveRunAlone(center, run, { type: 'cancel', remark });
      if (!move.ok) continue;
      await settleRun(center, move);
      return move.run;
    }
    await rememberCancel(center.db, runId, new Date(center.now()), remark);
    await tellAgent(center, run);
    const now = await findRun(center.db, runId);
    if (now === null) throw new Failure('not-found', `there is no run ${runId}`);
    publishRun(center, now);
    return now;
  }
  throw new Failure('internal', `the run ${runId} changed all the time and could not be cancelled`);
}

/** Tells an agent that is back of every cancel it has not heard of or not answered yet. */
export async function remindOfCancels(center: Center, agentId: string): Promise<void> {
  const runs = await activeRuns(center.db, [agentId]);
  await Promise.all(
    runs.filter((run) => run.cancelRequestedAt !== null).map((run) => tellAgent(center, run)),
  );
}

async function tellAgent(center: Center, run: RunRow): Promise<void> {
  const ask = runAsk.parse(run.order);
  if (ask.kind === 'replicate') {
    await tellNode(center, ask.nodeId, run);
    return;
  }
  if (run.agentId === null) return;
  try {
    await center.links.callAgent(run.agentId, 'cancel', { runId: run.id });
  } catch (error) {
    // It is remembered with the run: the agent hears of it when it is back, and the sweep asks again.
    center.logger.info({ err: error, runId: run.id }, 'the agent did not hear of a cancel yet');
  }
}

/** A node that is away is told when the run is looked after next. */
async function tellNode(center: Center, nodeId: string, { id: runId, attempt }: RunRow): Promise<void> {
  try {
    await center.links.callNode(nodeId, 'stop-replication', { runId, attempt });
  } catch (error) {
    center.logger.info({ err: error, runId }, 'the storage node did not hear of a cancel yet');
  }
}
