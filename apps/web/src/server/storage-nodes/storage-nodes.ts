import { type BandwidthLimitGiven, bandwidthLimit } from '@breakwater/contract/bandwidth';
import type { StorageNode } from '@breakwater/contract/resources';
import { storageNode } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import { isOnline } from '../agents/agents.ts';
import { hashSecret } from '../auth/secret.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import {
  copyFigures,
  deleteEmptyStorageNode,
  findAllStorageNodes,
  findLimited,
  findStorageNode,
  findStorageNodes,
  type NodeReport,
  type StorageNodeRecord,
  saveBandwidth,
  saveNodeReport,
  setDraining,
} from './storage-node-records.ts';

export type { NodeReport, StorageNodeRecord } from './storage-node-records.ts';

export interface StorageNodes {
  /** Throws Failure `not-found`. */
  get(id: string): Promise<StorageNode>;
  list(page: { limit: number; after?: string | undefined }): Promise<StorageNode[]>;
  all(): Promise<StorageNodeRecord[]>;
  record(id: string): Promise<StorageNodeRecord | null>;
  /** The node whose credential this is, else null. */
  authenticate(id: string, credential: string): Promise<StorageNodeRecord | null>;
  recordReport(id: string, report: NodeReport): Promise<void>;
  setDraining(id: string, draining: boolean, by: string): Promise<StorageNode>;
  /** Limits on bandwidth, by the ids of those that have one. */
  limits(): Promise<Map<string, BandwidthLimitGiven>>;
  /** Holds all who use it to a limit, within a second or so. Throws `not-found`. */
  limit(id: string, bandwidth: BandwidthLimitGiven | null): Promise<StorageNode>;
  /** Ends a node's enrolment. Throws `conflict` while it holds copies, `not-found`. */
  remove(id: string, by: string): Promise<void>;
  /** Called with the id of each node that was removed, so that its socket can be told and closed. */
  onRemoved(listener: (nodeId: string) => void): void;
}

export function createStorageNodes(center: Center): StorageNodes {
  const listeners: ((nodeId: string) => void)[] = [];
  const withFigures = async (records: StorageNodeRecord[]): Promise<StorageNode[]> => {
    const figures = await copyFigures(
      center.db,
      records.map((record) => record.id),
    );
    return records.map((record) => nodeOf(record, figures.get(record.id), center));
  };
  const get = async (id: string): Promise<StorageNode> => {
    const record = await findStorageNode(center.db, id);
    const [node] = record === null ? [] : await withFigures([record]);
    if (node === undefined) throw new Failure('not-found', `there is no storage node ${id}`);
    return node;
  };
  return {
    get,
    list: async (page) => withFigures(await findStorageNodes(center.db, page)),
    all: () => findAllStorageNodes(center.db),
    record: (id) => findStorageNode(center.db, id),
    async authenticate(id, credential) {
      const record = await findStorageNode(center.db, id);
      return record !== null && record.credentialHash === hashSecret(credential) ? record : null;
    },
    recordReport: (id, report) => saveNodeReport(center.db, id, report),
    async setDraining(id, draining, by) {
      const before = await get(id);
      if (before.draining === draining) return before;
      await center.events.withChange(async (tx, tell) => {
        await setDraining(tx, id, draining);
        await tell({
          level: 'info',
          kind: draining ? 'node-draining' : 'node-in-use',
          remark: say(draining ? 'node-draining' : 'node-in-use', { by, node: before.name }),
          subject: { type: 'storage-node', id },
        });
      });
      center.live.changed('storage-nodes', id);
      return get(id);
    },
    async limits() {
      const limited = await findLimited(center.db);
      return new Map(limited.map(({ id, bandwidth }) => [id, bandwidthLimit.parse(bandwidth)]));
    },
    async limit(id, bandwidth) {
      if (!(await saveBandwidth(center.db, id, bandwidth))) {
        throw new Failure('not-found', `there is no storage node ${id}`);
      }
      center.live.changed('storage-nodes', id);
      await center.links.pushBandwidth();
      return get(id);
    },
    async remove(id, by) {
      const node = await get(id);
      const removed = await center.events.withChange(async (tx, tell) => {
        if (!(await deleteEmptyStorageNode(tx, id))) return false;
        await tell({
          level: 'warn',
          kind: 'node-removed',
          remark: say('node-removed', { by, node: node.name }),
          subject: { type: 'storage-node', id },
        });
        return true;
      });
      if (!removed) {
        const { copies } = await get(id);
        throw new Failure(
          'conflict',
          `${node.name} holds ${copies} ${copies === 1 ? 'copy' : 'copies'} of repositories: it can be removed when it holds none`,
        );
      }
      for (const listener of listeners) listener(id);
      center.live.changed('storage-nodes', id);
    },
    onRemoved: (listener) => {
      listeners.push(listener);
    },
  };
}

function nodeOf(
  record: StorageNodeRecord,
  figures: { copies: number; bytes: number } | undefined,
  center: Center,
): StorageNode {
  return {
    id: record.id,
    name: record.name,
    url: record.url,
    online: isOnline(record.lastHeartbeatAt, center),
    lastHeartbeatAt: record.lastHeartbeatAt?.toISOString() ?? null,
    version: record.version,
    health: storageNode.shape.health.parse(record.health),
    healthReason: record.healthReason,
    totalBytes: record.totalBytes === null ? null : Number(record.totalBytes),
    freeBytes: record.freeBytes === null ? null : Number(record.freeBytes),
    fileSystemId: record.fileSystemId,
    usedByCopiesBytes: figures?.bytes ?? 0,
    copies: figures?.copies ?? 0,
    transfersInFlight: record.transfersInFlight,
    draining: record.draining,
    insecureHttp: record.insecureHttp,
    createdAt: record.createdAt.toISOString(),
    bandwidth: bandwidthLimit.nullable().parse(record.bandwidth),
  };
}
