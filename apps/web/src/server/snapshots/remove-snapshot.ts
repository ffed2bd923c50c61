import type { Remark } from '@breakwater/contract/remark';
import type { SnapshotRemoval } from '@breakwater/contract/snapshot-removal';
import { Failure } from '@breakwater/domain/failure';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { writeEvent } from '../events/write-event.ts';
import { say } from '../remarks/say.ts';
import { runUsingSnapshot } from '../runs/snapshot-in-use.ts';
import { addRun, afterStart, type StartedRun } from '../runs/start-run.ts';
import { taskNames } from '../tasks/task-names.ts';
import { nameOfSnapshot } from './snapshot-name.ts';
import { isLastOfTask } from './snapshot-records.ts';
import { requireSnapshot, type SnapshotRow } from './snapshots.ts';

/** What removing a snapshot would lose, and what stands in its way. Throws `snapshot-not-found`. */
export async function previewRemoval(center: Center, id: string): Promise<SnapshotRemoval> {
  const row = await requireSnapshot(center, id);
  const inUse = await runUsingSnapshot(center.db, row);
  return {
    snapshotId: id,
    copies: row.copies.map(({ nodeId, copy }) => ({
      nodeId,
      nodeName: copy.node.name,
      online: isOnline(copy.node.lastHeartbeatAt, center),
    })),
    warnings: await warningsOf(center, row),
    inUse: inUse === null ? null : { runId: inUse.runId, kind: inUse.kind },
  };
}

/**
 * Has a maintenance agent remove one snapshot from every copy that holds it, as a forget run. Throws
 * `snapshot-not-found`; `conflict` while it is being restored from or forgotten, and when no copy holds it.
 */
export async function removeSnapshot(
  center: Center,
  id: string,
  { by, trigger }: { by: string; trigger: 'manual' | 'api' },
): Promise<StartedRun & { warnings: Remark[] }> {
  const row = await requireSnapshot(center, id);
  const snapshot = nameOfSnapshot(id);
  if (row.copies.length === 0) throw new Failure('conflict', `no copy holds the snapshot ${snapshot}`);
  const warnings = await warningsOf(center, row);
  const of = row.sourceAddress ?? row.hostname;
  const { started, event } = await center.db.$transaction(async (tx) => {
    const inUse = await runUsingSnapshot(tx, row);
    if (inUse !== null) {
      const what = inUse.kind === 'restore' ? 'is being restored from' : 'is being forgotten';
      throw new Failure('conflict', `the snapshot ${snapshot} ${what}, by the run ${inUse.runId}`);
    }
    const made = await addRun(tx, {
      kind: 'forget',
      taskId: null,
      sourceAddress: row.sourceAddress,
      agentId: null,
      repositoryId: row.repositoryId,
      trigger,
      ifAgentSilent: 'wait',
      ask: { kind: 'forget', snapshotIds: [id], named: true },
    });
    const told = await writeEvent(
      tx,
      {
        level: 'info',
        kind: 'snapshot-removal',
        remark: say('snapshot-removal', { by, snapshot, of }),
        subject: { type: 'run', id: made.run.id },
      },
      new Date(center.now()),
    );
    return { started: made, event: told };
  });
  await center.events.announce(event);
  await afterStart(center, started);
  return { ...started, warnings };
}

async function warningsOf(center: Center, row: SnapshotRow): Promise<Remark[]> {
  const warnings: Remark[] = [];
  if (row.taskId !== null && (await isLastOfTask(center.db, { id: row.id, taskId: row.taskId }))) {
    const name = (await taskNames(center, [row.taskId])).get(row.taskId);
    warnings.push(say('last-snapshot-of-task', { task: name ?? row.taskId }));
  }
  const away = row.copies.filter(({ copy }) => !isOnline(copy.node.lastHeartbeatAt, center));
  if (away.length > 0) {
    warnings.push(say('removal-waits-for', { nodes: away.map(({ copy }) => copy.node.name) }));
  }
  return warnings;
}
