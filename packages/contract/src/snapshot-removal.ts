import { z } from 'zod';
import { contentId, nodeName, resourceId } from './ids.ts';
import { remark } from './remark.ts';
import { startRunAnswer } from './run.ts';

/** `GET /snapshots/{id}/removal`: what removing a snapshot would lose. */
export const snapshotRemoval = z.object({
  snapshotId: contentId,
  /** Every copy it goes from. */
  copies: z.array(z.object({ nodeId: resourceId, nodeName, online: z.boolean() })),
  /** Such as that it is the last one of its task, or that it goes only once a node is back. */
  warnings: z.array(remark),
  /** The run that restores from it, or forgets it already: until that has ended it cannot be removed. */
  inUse: z.object({ runId: resourceId, kind: z.enum(['restore', 'forget']) }).nullable(),
});
export type SnapshotRemoval = z.infer<typeof snapshotRemoval>;

/** `DELETE /snapshots/{id}`: the forget run that removes it. */
export const removeSnapshotAnswer = startRunAnswer.extend({ warnings: z.array(remark) });
