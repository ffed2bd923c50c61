import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { createCopy } from '../repositories/create-copy.ts';
import { requireRunInHand } from './run-in-hand.ts';

/** Makes the copy that an agent's backup is about to go to. Throws `forbidden` for a run it does not have in hand. */
export async function createCopyForRun(
  center: Center,
  agentId: string,
  runId: string,
  nodeId: string,
): Promise<void> {
  const run = await requireRunInHand(center, agentId, runId);
  if (run.kind !== 'backup') throw new Failure('forbidden', `a ${run.kind} makes no copies`);
  await createCopy(center, run.repositoryId, nodeId);
}
