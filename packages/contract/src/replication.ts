import { z } from 'zod';
import { failureMessage } from './failure-codes.ts';
import { byteCount, contentId, epochMs, nodeName, repositoryId, resourceId } from './ids.ts';
import { runProgress, runStats } from './run.ts';

/** One attempt of one run of kind `replicate`, at the node that fetches. */
export const replicationName = z.object({ runId: resourceId, attempt: z.number().int().positive() });
export type ReplicationName = z.infer<typeof replicationName>;

/**
 * What a node is asked to fetch from another. It may write until `leaseMs` after it has this order, or the last
 * renewal of it: the control center holds locks on both copies for longer.
 */
export const replicationOrder = replicationName.extend({
  repositoryId,
  source: z.object({ nodeId: resourceId, nodeName, url: z.url(), token: z.string() }),
  /** Snapshots that were forgotten: they are not fetched. */
  forgotten: z.array(contentId),
  /**
   * True: what the source has no use for is removed afterwards, so that both hold the same files. The source was
   * pruned, and nobody else uses this copy meanwhile.
   */
  mirror: z.boolean(),
  bytesPerSecond: z.number().positive().nullable(),
  leaseMs: z.number().int().positive(),
});
export type ReplicationOrder = z.infer<typeof replicationOrder>;

/** Goes on: with a fresh token for the source. */
export const replicationRenewal = replicationName.extend({
  token: z.string(),
  leaseMs: z.number().int().positive(),
});

/** Not durable; twice a second while it goes on. */
export const replicationProgress = replicationName.extend({ progress: runProgress });

/** Said again with every heartbeat until it is acknowledged. */
export const replicationEnd = replicationName.extend({
  at: epochMs,
  outcome: z.enum(['succeeded', 'failed', 'cancelled']),
  failure: failureMessage.nullable(),
  progress: runProgress,
  stats: runStats,
  /** Files that this copy has got, and bytes of them. */
  fetched: z.object({ files: byteCount, bytes: byteCount }),
});
export type ReplicationEnd = z.infer<typeof replicationEnd>;
