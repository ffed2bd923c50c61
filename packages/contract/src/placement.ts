import { z } from 'zod';
import { byteCount, resourceId } from './ids.ts';

export const strategies = ['finish-first', 'fastest', 'pinned'] as const;
export const strategy = z.enum(strategies);

export const verdicts = ['chosen', 'eligible', 'refused'] as const;

/** What decided about a candidate that was not refused (domain, placement-words). */
export const because = z.enum([
  'finishes-first',
  'usual',
  'least-crowded',
  'fastest',
  'pinned',
  'unmeasured',
  'lacks-more',
  'shared',
  'within-margin',
  'crowded',
  'finishes-later',
  'slower',
]);

/** What else a node's link carries while a backup would run (domain, predict-finish). */
export const nodeLoad = z.object({
  transfers: byteCount,
  bytesAhead: byteCount.nullable(),
  bytesPromised: byteCount,
  linkBytesPerSecond: z.number().nonnegative().nullable(),
});

/** One candidate of a ranking, best first. `reason` says it in words. */
export const rankedNode = z.object({
  nodeId: resourceId,
  nodeName: z.string(),
  bytesPerSecond: z.number().nonnegative().nullable(),
  bytesToSend: byteCount.nullable(),
  finishSeconds: z.number().nonnegative().nullable(),
  /** What is left of the speed where others share the link, and how many they are; absent from an older agent. */
  expectedBytesPerSecond: z.number().nonnegative().nullable().optional(),
  transfers: byteCount.optional(),
  because: because.nullable().optional(),
  verdict: z.enum(verdicts),
  reason: z.string(),
});
export type RankedNode = z.infer<typeof rankedNode>;

export const placement = z.object({
  chosen: z.object({ nodeId: resourceId, nodeName: z.string() }),
  strategy,
  ranking: z.array(rankedNode),
  /** Where the task's last backup went, and by how much (a part of 1) another has to be sooner. */
  usualNodeId: resourceId.nullable().optional(),
  margin: z.number().min(0).max(1).optional(),
  /** True when this ranking was made because an earlier target failed. */
  failOver: z.boolean().default(false),
});
export type Placement = z.infer<typeof placement>;
