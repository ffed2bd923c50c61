import type { MaxUnused } from '@breakwater/contract/prune-limits';
import { Failure } from '@breakwater/domain/failure';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { judgeRepository } from '../retention/judge-repository.ts';
import { forgottenButHeld } from '../snapshots/recorded-snapshots.ts';
import { newestSnapshotOf } from '../repositories/repositories.ts';
import { type RepositoryRow, requireRepository } from '../repositories/repository-access.ts';
import { requireVersion2 } from '../repositories/require-version-2.ts';
import type { RunAsk } from '../runs/run-ask.ts';
import { type StartedRun, startRun } from '../runs/start-run.ts';

type Trigger = 'manual' | 'api' | 'schedule';

/**
 * Has a maintenance agent check one copy: the one asked for, else the first that is online and holds the newest
 * snapshot. Throws `not-found`, `node-offline`, and `no-node` while the repository has no copy.
 */
export async function startCheck(
  center: Center,
  id: string,
  wanted: { nodeId?: string | undefined; readData: boolean; readDataSubset?: string | undefined },
  trigger: Trigger,
): Promise<StartedRun> {
  const row = await requireRepository(center, id);
  const { readData, readDataSubset } = wanted;
  const nodeId = await copyToUse(center, row, wanted.nodeId);
  const subset = readDataSubset === undefined ? {} : { readDataSubset };
  return start(center, row, { kind: 'check', readData, ...subset, nodeId }, trigger);
}

/**
 * Has a maintenance agent remove what no snapshot of one copy needs any more. Throws as `startCheck`, and
 * `unsupported-format` for format version 1.
 */
export async function startPrune(
  center: Center,
  id: string,
  wanted: { nodeId?: string | undefined; maxUnused: MaxUnused },
  trigger: Trigger,
): Promise<StartedRun> {
  const row = await requireRepository(center, id);
  const nodeId = await copyToUse(center, row, wanted.nodeId);
  await requireVersion2(center, id);
  return start(center, row, { kind: 'prune', maxUnused: wanted.maxUnused, nodeId }, trigger);
}

/**
 * Has a maintenance agent remove the snapshots that the retention of the repository's tasks does not keep. They are
 * judged again when the run goes out. Throws `not-found`; `conflict` when there is nothing to forget, with the reason.
 */
export async function startForget(center: Center, id: string, trigger: Trigger): Promise<StartedRun> {
  const row = await requireRepository(center, id);
  const { forget, paused } = await judgeRepository(center, id, trigger === 'schedule' ? 'plan' : 'person');
  const left = await forgottenButHeld(center, id);
  if (forget.length + left.length > 0)
    return start(center, row, { kind: 'forget', snapshotIds: [] }, trigger);
  const [pause] = paused;
  throw new Failure(
    'conflict',
    pause === undefined
      ? 'nothing is to be forgotten: the retention of its tasks keeps every snapshot'
      : `forgetting is paused: ${pause.remark.text}`,
  );
}

function start(center: Center, row: RepositoryRow, ask: RunAsk, trigger: Trigger): Promise<StartedRun> {
  return startRun(center, {
    kind: ask.kind,
    taskId: null,
    sourceAddress: row.sourceAddress,
    agentId: null,
    repositoryId: row.id,
    trigger,
    ifAgentSilent: trigger === 'schedule' || ask.kind !== 'check' ? 'wait' : 'stop',
    ask,
  });
}

async function copyToUse(center: Center, row: RepositoryRow, wanted: string | undefined): Promise<string> {
  const nodeId = wanted ?? (await bestCopy(center, row));
  if (row.copies.some((copy) => copy.nodeId === nodeId)) return nodeId;
  throw refusedField('nodeId', nodeId, 'the id of a node that holds a copy of this repository');
}

async function bestCopy(center: Center, row: RepositoryRow): Promise<string> {
  if (row.copies.length === 0) throw new Failure('no-node', 'this repository has no copy yet');
  const online = row.copies.filter((copy) => isOnline(copy.node.lastHeartbeatAt, center));
  const newest = await newestSnapshotOf(center, row.id);
  const best = online.find((copy) => newest?.nodeIds.includes(copy.nodeId)) ?? online[0];
  if (best === undefined) {
    const names = row.copies.map((copy) => copy.node.name).join(', ');
    throw new Failure('node-offline', `no storage node with a copy is online (${names})`, {
      retryable: true,
    });
  }
  return best.nodeId;
}
