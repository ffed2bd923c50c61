import {
  centerToNode,
  NODES_NAMESPACE,
  type NodeHeartbeat,
  nodeHandshake,
  nodeToCenter,
} from '@breakwater/contract/node-messages';
import { Failure } from '@breakwater/domain/failure';
import type { Server, Socket } from 'socket.io';
import type { BandwidthDesk } from '../bandwidth/bandwidth-desk.ts';
import type { Center } from '../center.ts';
import { endReplication, hearReplications } from '../replication/hear-replications.ts';
import { noteCopySizes } from '../repositories/copies.ts';
import { createProgressBook } from '../runs/progress-book.ts';
import type { StorageNodeRecord } from '../storage-nodes/storage-nodes.ts';
import { revocationList } from '../storage-tokens/revocations.ts';
import { answerEvents, callRoom } from './event-catalog.ts';
import type { Links } from './links.ts';
import { admit, parseHandshake } from './refuse-handshake.ts';

const CALL_TIMEOUT_MS = 10_000;
const room = (nodeId: string) => `node:${nodeId}`;

export interface NodeNamespace {
  call: Links['callNode'];
  pushRevocations(): Promise<void>;
  tick(): Promise<void>;
  close(): void;
}

interface Known {
  lastHeartbeatAt: number;
  online: boolean;
  url: string;
  /** What browsers were told last, to tell them only of what changed. */
  shown: string;
}

/** One connection per node: a newer one replaces the older. */
export function createNodeNamespace(
  center: Center,
  io: Server,
  bandwidth: BandwidthDesk,
  on: { onNodesChanged(): Promise<void> },
): NodeNamespace {
  const namespace = io.of(NODES_NAMESPACE);
  const known = new Map<string, Known>();
  /** Not in `socket.data`, which is shown to other instances. */
  const admitted = new WeakMap<Socket, StorageNodeRecord>();
  const progress = createProgressBook(center);
  /** The socket that counts for each node connected here. */
  const current = new Map<string, string>();
  /** Nodes whose replications are just being compared with what they say. */
  const comparing = new Set<string>();
  const failed = (what: string) => (error: unknown) => center.logger.warn({ err: error }, what);

  const call: Links['callNode'] = (nodeId, event, body, timeoutMs = CALL_TIMEOUT_MS) =>
    callRoom(namespace, room(nodeId), centerToNode, event, body, {
      timeoutMs,
      absent: new Failure('node-offline', 'the storage node is not connected', { retryable: true }),
    });

  const heard = async (nodeId: string, beat: NodeHeartbeat): Promise<void> => {
    const now = center.now();
    await center.storageNodes.recordReport(nodeId, {
      at: new Date(now),
      version: beat.version,
      url: beat.url,
      totalBytes: BigInt(beat.capacity.totalBytes),
      // What the node keeps back for locks and prune is not free for backups.
      freeBytes: BigInt(Math.max(0, beat.capacity.freeBytes - beat.capacity.reserveBytes)),
      fileSystemId: beat.fileSystemId ?? null,
      health: beat.health,
      healthReason: beat.healthReason,
      transfersInFlight: beat.transfersInFlight,
      quotaLeftBytes: beat.quotaLeftBytes === undefined ? null : BigInt(beat.quotaLeftBytes),
      peakReceivedPerSecond: beat.peakReceivedPerSecond ?? null,
    });
    await noteCopySizes(center.db, nodeId, beat.repositories);
    // One at a time: the next heartbeat comes while locks are still being removed.
    if (beat.replications !== undefined && !comparing.has(nodeId)) {
      comparing.add(nodeId);
      hearReplications(center, nodeId, beat.replications)
        .catch(failed('the replications of a node could not be looked after'))
        .finally(() => comparing.delete(nodeId));
    }
    const before = known.get(nodeId);
    const shown = JSON.stringify([
      beat.capacity,
      beat.fileSystemId,
      beat.health,
      beat.transfersInFlight,
      beat.repositories,
    ]);
    known.set(nodeId, { lastHeartbeatAt: now, online: true, url: beat.url, shown });
    if (before?.online !== true || before.shown !== shown) center.live.changed('storage-nodes', nodeId);
    // Agents probe every node; where a new one is, or that one has moved, they learn at once.
    if (before === undefined || before.url !== beat.url) {
      on.onNodesChanged().catch(failed('probe targets could not be pushed'));
    }
  };

  const sendRevocations = async (nodeId: string): Promise<void> => {
    await call(nodeId, 'revocations', await revocationList(center));
  };

  const connect = (socket: Socket, node: StorageNodeRecord): void => {
    answerEvents(
      socket,
      nodeToCenter,
      {
        heartbeat: async (beat) => {
          const receivedAt = center.now();
          await heard(node.id, beat);
          return { receivedAt };
        },
        'replication-progress': async (message) => {
          await progress.record(node.id, message);
          return {};
        },
        'replication-ended': async (end) => {
          await endReplication(center, node.id, end);
          progress.drop(end.runId);
          return {};
        },
      },
      (event, failure) => center.logger.error({ err: failure, nodeId: node.id, event }, 'an event failed'),
    );
    namespace.in(room(node.id)).except(socket.id).disconnectSockets(true);
    void socket.join(room(node.id));
    current.set(node.id, socket.id);
    bandwidth.joined('node', node.id);
    bandwidth.push().catch(failed('a storage node was not told of its limit yet'));
    socket.on('disconnect', () => {
      if (current.get(node.id) !== socket.id) return;
      current.delete(node.id);
      bandwidth.left('node', node.id);
    });
    sendRevocations(node.id).catch(failed('a storage node did not take the revocation list'));
  };

  namespace.use(
    admit(center.logger, async (socket) => {
      const { nodeId, credential } = parseHandshake(nodeHandshake, socket.handshake.auth);
      const node = await center.storageNodes.authenticate(nodeId, credential);
      if (node === null) {
        throw new Failure('unauthenticated', 'this storage node is not enrolled here, or was removed');
      }
      admitted.set(socket, node);
    }),
  );
  namespace.on('connection', (socket) => {
    const node = admitted.get(socket);
    if (node !== undefined) connect(socket, node);
  });

  center.storageNodes.onRemoved((nodeId) => {
    known.delete(nodeId);
    call(nodeId, 'released', { reason: 'an administrator removed this storage node' }, 2000)
      .catch(failed('a removed storage node did not hear of it'))
      .finally(() => namespace.in(room(nodeId)).disconnectSockets(true));
    on.onNodesChanged().catch(failed('probe targets could not be pushed'));
  });

  return {
    call,
    async pushRevocations() {
      const nodes = await center.storageNodes.all();
      const sent = await Promise.allSettled(nodes.map((node) => sendRevocations(node.id)));
      for (const one of sent) {
        if (one.status === 'rejected') failed('a storage node did not take the revocation list')(one.reason);
      }
    },
    close: () => progress.close(),
    async tick() {
      const now = center.now();
      for (const [nodeId, node] of known) {
        if (!node.online || now - node.lastHeartbeatAt <= center.config.heartbeatWindowMs) continue;
        node.online = false;
        center.live.changed('storage-nodes', nodeId);
      }
    },
  };
}
