import type { Remark } from '@breakwater/contract/remark';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { tendReplication } from '../replication/tend-replication.ts';
import { endCancelledRun, failRun, returnRun } from '../runs/advance-run.ts';
import { remindOfCancels } from '../runs/cancel-run.ts';
import { outstandingRuns, type RunRow } from '../runs/find-runs.ts';
import { judgeLostRun } from '../runs/judge-lost-run.ts';
import { wakeRun } from '../runs/start-run.ts';
import { revokeRunTokens } from '../storage-tokens/revoke-run-tokens.ts';

/**
 * Compares the runs that are out with what their agents say they have: an order that never arrived goes out again,
 * a run that its agent has lost, or whose agent was released or is gone for good, ends. Agents that are connected to
 * another instance are left to that one. Returns how many runs it moved.
 */
export async function reconcileRuns(center: Center): Promise<number> {
  let moved = 0;
  for (const run of await outstandingRuns(center)) {
    if (await reconcile(center, run)) moved += 1;
  }
  return moved;
}

async function reconcile(center: Center, run: RunRow): Promise<boolean> {
  if (run.kind === 'replicate') return tendReplication(center, run);
  const { agentId } = run;
  if (agentId === null) return interrupted(center, run, say('agent-was-released', {}));
  const here = center.links.presence(agentId);
  const connectedHere = here?.connectedSince ?? null;
  if (connectedHere === null && (await center.links.agentConnected(agentId))) return false;
  const agent = await center.agents.record(agentId);
  const verdict = judgeLostRun(
    {
      dispatchedAt: (run.dispatchedAt ?? run.createdAt).getTime(),
      accepted: run.acceptedAt !== null || run.state === 'running',
      cancelRequested: run.cancelRequestedAt !== null,
      connectedSince: connectedHere,
      lastHeartbeatAt: here?.lastHeartbeatAt ?? agent?.lastHeartbeatAt?.getTime() ?? null,
      listedAt: here?.listedAt.get(run.id) ?? null,
    },
    center.now(),
  );
  switch (verdict.verdict) {
    case 'keep':
      if (run.cancelRequestedAt !== null && connectedHere !== null) await remindOfCancels(center, agentId);
      return false;
    case 'return': {
      await revokeRunTokens(center, run);
      const returned = await returnRun(center, run, verdict.remark);
      if (returned) await wakeRun(center, run.id);
      return returned;
    }
    case 'cancelled':
      await revokeRunTokens(center, run);
      return endCancelledRun(center, run, verdict.remark);
    case 'interrupted':
      return interrupted(center, run, verdict.remark);
  }
}

async function interrupted(center: Center, run: RunRow, remark: Remark): Promise<boolean> {
  await revokeRunTokens(center, run);
  return failRun(center, run, { code: 'interrupted', message: remark.text, retryable: true }, remark);
}
