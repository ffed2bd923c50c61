import { type Snapshot, snapshot } from '@breakwater/contract/resources';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import type { SnapshotRow } from './snapshot-records.ts';

const count = (value: bigint | null) => (value === null ? null : Number(value));

export function viewSnapshot(row: SnapshotRow, taskName: string | null, center: Center): Snapshot {
  return snapshot.parse({
    id: row.id,
    repositoryId: row.repositoryId,
    taskId: row.taskId,
    taskName,
    runId: row.runId,
    sourceAddress: row.sourceAddress,
    hostname: row.hostname,
    paths: row.paths,
    command: row.command,
    time: row.time,
    recordedAt: row.recordedAt.toISOString(),
    files: count(row.files),
    bytes: count(row.bytes),
    storedBytes: count(row.storedBytes),
    partial: row.partial,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    copies: row.copies.map(({ nodeId, copy }) => ({
      nodeId,
      nodeName: copy.node.name,
      online: isOnline(copy.node.lastHeartbeatAt, center),
    })),
  });
}
