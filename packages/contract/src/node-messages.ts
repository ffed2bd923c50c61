import { z } from 'zod';
import { nodeBandwidth } from './bandwidth.ts';
import { MAX_NAMES, storedRepository } from './stored-repository.ts';
import { byteCount, epochMs, repositoryId, resourceId } from './ids.ts';
import {
  replicationEnd,
  replicationName,
  replicationOrder,
  replicationProgress,
  replicationRenewal,
} from './replication.ts';
import { revocationList } from './storage-token.ts';

/** Socket.IO namespace `/nodes`. Handshake auth: `nodeHandshake`. */
export const NODES_NAMESPACE = '/nodes';

export const nodeHandshake = z.object({
  protocolVersion: z.number().int(),
  nodeId: resourceId,
  credential: z.string().min(1),
  version: z.string(),
});

export const nodeHeartbeat = z.object({
  sentAt: epochMs,
  version: z.string(),
  capacity: z.object({ totalBytes: byteCount, freeBytes: byteCount, reserveBytes: byteCount }),
  /** Same for nodes whose stores lie on one file system; absent where a quota gives the node room of its own. */
  fileSystemId: z.string().min(1).max(100).optional(),
  /** Bytes of each repository in the store. */
  repositories: z.array(z.object({ repositoryId, bytes: byteCount, files: byteCount })),
  /** Who sends or fetches files now, or did a moment ago: a backup with four packs on their way is one. */
  transfersInFlight: byteCount,
  /** The most that arrived in a few seconds within a day, of all senders together; bytes a second. */
  peakReceivedPerSecond: z.number().nonnegative().optional(),
  /** What the node's quota still leaves; absent where it has none. */
  quotaLeftBytes: byteCount.optional(),
  health: z.enum(['ok', 'degraded', 'failing']),
  /** One sentence when health is not ok. */
  healthReason: z.string().nullable(),
  clockOffsetMs: z.number().nullable(),
  url: z.url(),
  /** What this node fetches from others, and what has ended and was not acknowledged; absent from an older node. */
  replications: z.array(replicationName).optional(),
});
export type NodeHeartbeat = z.infer<typeof nodeHeartbeat>;

const nothing = z.object({});

export const nodeToCenter = {
  heartbeat: { request: nodeHeartbeat, answer: z.object({ receivedAt: epochMs }) },
  'replication-progress': { request: replicationProgress, answer: nothing },
  /** Acknowledged when it is written down. */
  'replication-ended': { request: replicationEnd, answer: nothing },
} as const;

export const centerToNode = {
  revocations: { request: revocationList, answer: nothing },
  /** After each connect, and when it has changed. */
  bandwidth: { request: nodeBandwidth, answer: nothing },
  /** Locks of runs that have ended; names as in the store. Missing ones are no error. */
  'remove-locks': {
    request: z.object({ repositoryId, names: z.array(z.string()) }),
    answer: z.object({ removed: byteCount }),
  },
  /** Where a repository lies on this node's disk, for the recovery kit. */
  locate: {
    request: z.object({ repositoryId }),
    answer: z.object({ path: z.string(), exists: z.boolean() }),
  },
  /** The repositories in the data folder, sizes counted where they were not yet. */
  'list-repositories': {
    request: nothing,
    answer: z.object({
      repositories: z.array(storedRepository),
      /** Folders with a repository whose names none can have. */
      misnamed: z.array(z.string()).max(MAX_NAMES),
      /** Folders that the node may not read. */
      unreadable: z.array(z.string()).max(MAX_NAMES),
    }),
  },
  /** Counts one of them anew: somebody may have copied files into it meanwhile. */
  'measure-repository': {
    request: z.object({ repositoryId }),
    answer: z.object({ bytes: byteCount, files: byteCount }),
  },
  /** The same order again changes nothing. Refused with a reason when the node cannot take it. */
  replicate: { request: replicationOrder, answer: nothing },
  /** `held`: false when the node knows nothing of it, such as after a restart. */
  'renew-replication': { request: replicationRenewal, answer: z.object({ held: z.boolean() }) },
  'stop-replication': { request: replicationName, answer: z.object({ held: z.boolean() }) },
  released: { request: z.object({ reason: z.string() }), answer: nothing },
} as const;
