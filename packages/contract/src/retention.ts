import { isZeroDuration, parseRetentionDuration } from '@breakwater/domain/retention-duration';
import { z } from 'zod';
import { byteCount, contentId, nodeName, resourceId, timestamp } from './ids.ts';
import { remark } from './remark.ts';

const keepCount = z.number().int().min(1).max(100_000);
/** A span of calendar time such as `1y5m7d2h`, not none. */
const keepSpan = z
  .string()
  .max(40)
  .superRefine((text, context) => {
    const parsed = parseRetentionDuration(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.expected });
    else if (isZeroDuration(parsed.duration)) {
      context.addIssue({ code: 'custom', message: 'expected more than no time at all, like 7d' });
    }
  });

/** restic's rules by the names of its options. A snapshot is kept when any of them says so. */
export const retention = z
  .strictObject({
    keepLast: keepCount.optional(),
    keepHourly: keepCount.optional(),
    keepDaily: keepCount.optional(),
    keepWeekly: keepCount.optional(),
    keepMonthly: keepCount.optional(),
    keepYearly: keepCount.optional(),
    keepWithin: keepSpan.optional(),
    keepWithinHourly: keepSpan.optional(),
    keepWithinDaily: keepSpan.optional(),
    keepWithinWeekly: keepSpan.optional(),
    keepWithinMonthly: keepSpan.optional(),
    keepWithinYearly: keepSpan.optional(),
  })
  .refine((rules) => Object.values(rules).some((rule) => rule !== undefined), {
    message: 'expected at least one rule, such as {"keepDaily": 7}: without one nothing would be kept',
  });
export type Retention = z.infer<typeof retention>;

/** `POST /retention-preview`: what this policy would make of the task's snapshots; null: no policy. */
export const retentionPreviewInput = z.strictObject({ taskId: resourceId, retention: retention.nullable() });

/** One of the task's snapshots as the policy judges it now. */
export const judgedSnapshot = z.object({
  snapshotId: contentId,
  /** The command whose output it is; null: files and folders. Each counts only among its like. */
  command: z.string().nullable(),
  /** When the snapshot itself says it was made. The policy goes by `recordedAt`. */
  time: z.string(),
  recordedAt: timestamp,
  files: byteCount.nullable(),
  bytes: byteCount.nullable(),
  keep: z.boolean(),
  /** Why it is kept; empty when it is not. */
  reasons: z.array(remark),
  /** What is odd about it: it pauses forgetting until somebody confirms the snapshot. */
  doubt: remark.nullable(),
});
export type JudgedSnapshot = z.infer<typeof judgedSnapshot>;

/** `GET /tasks/{id}/retention-preview` and `POST /retention-preview`. */
export const retentionPreview = z.object({
  taskId: resourceId,
  retention: retention.nullable(),
  /** Newest first. */
  snapshots: z.array(judgedSnapshot),
  /** On the copies of the repository, but recorded by no run: kept, and they pause forgetting. */
  unknown: z.array(z.object({ snapshotId: contentId, nodeId: resourceId, nodeName })),
  /** Why nothing is forgotten now, whatever the policy says; null when forgetting goes on. */
  paused: remark.nullable(),
});
export type RetentionPreview = z.infer<typeof retentionPreview>;
