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

/** A field for each of restic's rules, by the names of its options: so many of a kind, or all of a span of time. */
export function retentionRules<Count extends z.ZodType, Span extends z.ZodType>(count: Count, span: Span) {
  return {
    keepLast: z.optional(count),
    keepHourly: z.optional(count),
    keepDaily: z.optional(count),
    keepWeekly: z.optional(count),
    keepMonthly: z.optional(count),
    keepYearly: z.optional(count),
    keepWithin: z.optional(span),
    keepWithinHourly: z.optional(span),
    keepWithinDaily: z.optional(span),
    keepWithinWeekly: z.optional(span),
    keepWithinMonthly: z.optional(span),
    keepWithinYearly: z.optional(span),
  };
}

/** What a task keeps. A snapshot is kept when any of the rules says so. */
export const retention = z
  .strictObject(retentionRules(keepCount, keepSpan))
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
