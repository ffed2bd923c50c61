import type { DispatchDecision } from '@breakwater/domain/heartbeat';
import type { Remark } from '@breakwater/contract/remark';
import type { WrittenEvent } from '../events/write-event.ts';
import { sayObstacle } from '../remarks/say.ts';
import { type Move, moveRun, moveRunAlone } from './move-run.ts';
import { publishRun } from './publish-run.ts';
import { waitForRepository } from './repository-lease.ts';
import { holdForCare } from './repository-precedence.ts';
import type { RunAsk } from './run-ask.ts';
import type { RunContext } from './run-context.ts';
import type { Prisma } from '../db/generated/client.ts';
import { countActiveBackups, holdLock, type RunChange, type RunRow } from './run-records.ts';
import { settleRun } from './settle-run.ts';

export type Claim =
  | { result: 'dispatched'; run: RunRow }
  | { result: 'waiting' | 'stopped'; run: RunRow; event: WrittenEvent | null }
  /** Another dispatcher, or a cancel, was first. */
  | { result: 'lost' };

/**
 * Decides about one pending run and writes the decision down, alone among all dispatchers that decide about this
 * agent and this repository: of two backups only one gets the agent, of two dispatchers only one gets the run, and
 * what has a repository alone has it alone. `more` is written with a run that goes out, and decided in the same
 * transaction.
 */
export async function claimRun(
  context: RunContext,
  run: RunRow,
  agentId: string,
  repositoryId: string,
  decide: (busyWithBackup: boolean) => DispatchDecision,
  more?: (tx: Prisma.TransactionClient) => Promise<RunChange>,
): Promise<Claim> {
  const at = new Date(context.now());
  const claim = await context.db.$transaction(async (tx): Promise<Claim> => {
    await holdLock(tx, `dispatch to agent ${agentId}`);
    await holdLock(tx, `dispatch in repository ${repositoryId}`);
    const decision = decide((await countActiveBackups(tx, agentId, run.id)) > 0);
    if (decision.verdict === 'dispatch') {
      const remark =
        (await waitForRepository(tx, run, repositoryId)) ?? (await holdForCare(tx, run, repositoryId, at));
      // With its repository, so that it is found when that is free.
      if (remark !== null) {
        return notSent(await moveRun(tx, run, { type: 'wait', remark }, at, { repositoryId }));
      }
      const fresh = {
        agentId,
        repositoryId,
        dispatchedAt: at,
        acceptedAt: null,
        startedAt: null,
        // What an attempt that came to nothing told of them is in the log.
        commands: [],
        ...(await more?.(tx)),
      };
      const move = await moveRun(tx, run, { type: 'dispatch' }, at, fresh);
      return move.ok ? { result: 'dispatched', run: move.run } : { result: 'lost' };
    }
    const step = { type: decision.verdict, remark: sayObstacle(decision.obstacle) };
    return notSent(await moveRun(tx, run, step, at, { agentId }));
  });
  await announce(context, run, claim);
  return claim;
}

/** The same for a replication, which no agent is needed for. */
export async function claimReplication(
  context: RunContext,
  run: RunRow,
  repositoryId: string,
  ask: RunAsk,
): Promise<Claim> {
  const at = new Date(context.now());
  const claim = await context.db.$transaction(async (tx): Promise<Claim> => {
    await holdLock(tx, `dispatch in repository ${repositoryId}`);
    const remark =
      (await waitForRepository(tx, { ...run, order: ask }, repositoryId)) ??
      (await holdForCare(tx, run, repositoryId, at));
    if (remark !== null) return notSent(await moveRun(tx, run, { type: 'wait', remark }, at));
    const fresh = { dispatchedAt: at, acceptedAt: null, startedAt: null, leaseUntil: null, order: ask };
    const move = await moveRun(tx, run, { type: 'dispatch' }, at, fresh);
    return move.ok ? { result: 'dispatched', run: move.run } : { result: 'lost' };
  });
  await announce(context, run, claim);
  return claim;
}

/** Writes down a decision that needs no agent to be asked: there is none, or it is silent. */
export async function setAside(
  context: RunContext,
  run: RunRow,
  decision: { verdict: 'wait' | 'stop'; remark: Remark },
): Promise<Exclude<Claim, { result: 'dispatched' }>> {
  const { verdict: type, remark } = decision;
  const claim = notSent(await moveRunAlone(context, run, { type, remark }));
  await announce(context, run, claim);
  return claim;
}

function notSent(move: Move): Exclude<Claim, { result: 'dispatched' }> {
  if (!move.ok) return { result: 'lost' };
  const { run, event } = move;
  return { result: run.state === 'stopped' ? 'stopped' : 'waiting', run, event };
}

async function announce(context: RunContext, before: RunRow, claim: Claim): Promise<void> {
  if (claim.result === 'lost') return;
  if (claim.result === 'stopped') await settleRun(context, claim);
  else if (before.state !== claim.run.state || before.reason !== claim.run.reason)
    publishRun(context, claim.run);
}
