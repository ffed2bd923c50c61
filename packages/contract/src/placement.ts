import { z } from 'zod';
import { byteCount, resourceId } from './ids.ts';

export const strategies = ['finish-first', 'fastest', 'pinned'] as const;
export const strategy = z.enum(strategies);

export const verdicts = ['chosen', 'eligible', 'refused'] as const;

/** One candidate of a ranking, best first. `reason` is a sentence for people; refusals carry a stable `refusal`. */
export const rankedNode = z.object({
  nodeId: resourceId,
  nodeName: z.string(),
  bytesPerSecond: z.number().nonnegative().nullable(),
  bytesToSend: byteCount.nullable(),
  finishSeconds: z.number().nonnegative().nullable(),
  verdict: z.enum(verdicts),
  reason: z.string(),
});
export type RankedNode = z.infer<typeof rankedNode>;

export const placement = z.object({
  chosen: z.object({ nodeId: resourceId, nodeName: z.string() }),
  strategy,
  ranking: z.array(rankedNode),
  /** True when this ranking was made because an earlier target failed. */
  failOver: z.boolean().default(false),
});
export type Placement = z.infer<typeof placement>;
