import { chooseSource, type KnownCopy, type NodeForCopies } from '@breakwater/domain/copies-plan';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import type { StorageNodeRecord } from '../storage-nodes/storage-nodes.ts';
import { type CopyRow, copiesWithSnapshots } from './replication-records.ts';

export interface CopiesOfRepository {
  rows: readonly CopyRow[];
  copies: readonly KnownCopy[];
  nodes: readonly NodeForCopies[];
  records: ReadonlyMap<string, StorageNodeRecord>;
}

/** What is known of a repository's copies and of all nodes, for deciding what is to be fetched. */
export async function copiesOfRepository(center: Center, repositoryId: string): Promise<CopiesOfRepository> {
  const [rows, records] = await Promise.all([
    copiesWithSnapshots(center.db, repositoryId),
    center.storageNodes.all(),
  ]);
  return {
    rows,
    copies: rows.map((row) => ({
      nodeId: row.nodeId,
      createdAt: row.createdAt.getTime(),
      bytes: Number(row.bytes),
      home: row.home,
      snapshots: new Set(row.snapshots.map(({ snapshotId }) => snapshotId)),
    })),
    nodes: records.map((record) => nodeForCopies(center, record)),
    records: new Map(records.map((record) => [record.id, record])),
  };
}

function nodeForCopies(center: Center, record: StorageNodeRecord): NodeForCopies {
  const heard = record.lastHeartbeatAt?.getTime() ?? null;
  // Nobody has had a chance to reconnect before this process could be reached.
  const since = Math.max(heard ?? 0, center.links.listeningSince);
  return {
    nodeId: record.id,
    name: record.name,
    online: isOnline(record.lastHeartbeatAt, center),
    lost: center.now() - since > center.config.lostNodeMs,
    draining: record.draining,
    healthy: record.health !== 'failing',
    freeBytes: record.freeBytes === null ? null : Number(record.freeBytes),
    fileSystemId: record.fileSystemId,
  };
}

/** The node to fetch from; null when none that is online has any of what is lacking. */
export function sourceFor(facts: CopiesOfRepository, targetId: string): StorageNodeRecord | null {
  const online = new Map(facts.nodes.map((node) => [node.nodeId, node.online]));
  const own = facts.copies.find(({ nodeId }) => nodeId === targetId);
  const chosen = chooseSource(
    { nodeId: targetId, snapshots: own?.snapshots ?? new Set() },
    facts.copies.map(({ nodeId, snapshots }) => ({
      nodeId,
      snapshots,
      online: online.get(nodeId) === true,
      transfersInFlight: facts.records.get(nodeId)?.transfersInFlight ?? 0,
    })),
  );
  return chosen === null ? null : (facts.records.get(chosen) ?? null);
}
