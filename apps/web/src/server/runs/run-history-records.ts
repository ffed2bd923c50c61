import type { Database } from '../db/client.ts';

export interface TaskOutcome {
  taskId: string;
  state: string;
  reason: string | null;
  remark: unknown;
}

/** Each task's newest run that has ended and was not cancelled. */
export async function lastOutcomes(db: Database): Promise<TaskOutcome[]> {
  return db.$queryRaw<TaskOutcome[]>`
    SELECT DISTINCT ON ("taskId") "taskId", "state", "reason", "remark"
    FROM "run"
    WHERE "kind" = 'backup' AND "taskId" IS NOT NULL AND "state" IN ('succeeded', 'partial', 'failed', 'stopped')
    ORDER BY "taskId", "createdAt" DESC, "id" DESC`;
}

export interface TaskSuccess {
  taskId: string;
  lastSnapshotAt: Date;
  /** Of the runs that read everything they were to. */
  lastGoodAt: Date | null;
  partial: boolean;
}

/** Each task's newest run that made a snapshot, and its newest good one. */
export async function lastSuccesses(db: Database): Promise<TaskSuccess[]> {
  return db.$queryRaw<TaskSuccess[]>`
    SELECT DISTINCT ON ("taskId") "taskId", "endedAt" AT TIME ZONE 'UTC' AS "lastSnapshotAt",
           (max("endedAt") FILTER (WHERE "state" = 'succeeded') OVER (PARTITION BY "taskId")) AT TIME ZONE 'UTC'
             AS "lastGoodAt",
           "state" = 'partial' AS "partial"
    FROM "run"
    WHERE "kind" = 'backup' AND "taskId" IS NOT NULL AND "state" IN ('succeeded', 'partial') AND "endedAt" IS NOT NULL
    ORDER BY "taskId", "endedAt" DESC`;
}

/** How many runs of each task were stopped before they began, since its last success. */
export async function countMissed(db: Database): Promise<{ taskId: string; missed: number }[]> {
  return db.$queryRaw<{ taskId: string; missed: number }[]>`
    SELECT r."taskId", count(*)::int AS "missed"
    FROM "run" r
    LEFT JOIN (
      SELECT "taskId", max("endedAt") AS "at" FROM "run"
      WHERE "kind" = 'backup' AND "state" IN ('succeeded', 'partial') GROUP BY 1
    ) s ON s."taskId" = r."taskId"
    WHERE r."kind" = 'backup' AND r."taskId" IS NOT NULL AND r."state" = 'stopped'
      AND (s."at" IS NULL OR r."createdAt" > s."at")
    GROUP BY 1`;
}
