import type { RunNode } from '@breakwater/contract/agent-run';
import type { Center } from '../center.ts';
import { runAsk } from '../runs/run-ask.ts';
import { requireRunInHand } from './run-in-hand.ts';
import { planNodes, withTokens } from './run-nodes.ts';
import { shareAgain } from './share-nodes.ts';

/** Fresh tokens, and the nodes as they are now, for a run in an agent's hands. Throws `forbidden` for another. */
export async function renewRunTokens(center: Center, agentId: string, runId: string): Promise<RunNode[]> {
  const run = await requireRunInHand(center, agentId, runId);
  const { id, attempt, taskId, repositoryId } = run;
  const ask = runAsk.parse(run.order);
  const nodes = await planNodes(center, { ask, taskId, repositoryId, agentId });
  const shared = ask.kind === 'backup' ? await shareAgain(center, { id, agentId }, nodes) : nodes;
  return withTokens(center, { id, attempt, agentId, repositoryId, kind: ask.kind }, shared);
}
