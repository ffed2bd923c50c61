import type { Database } from '../db/client.ts';

export interface DayCount {
  sourceAddress: string;
  /** In the time zone that was asked for: `2026-11-22`. */
  date: string;
  state: string;
  runs: number;
}

/**
 * How many backups of each server ended in which state on which day, since `since`. Those of deleted tasks are left
 * out: what nobody wants backed up any more must not colour a server.
 */
export async function countBackupsByDay(db: Database, since: Date, timeZone: string): Promise<DayCount[]> {
  return db.$queryRaw<DayCount[]>`
    SELECT r."sourceAddress", r."state", count(*)::int AS "runs",
           to_char((r."createdAt" AT TIME ZONE 'UTC') AT TIME ZONE ${timeZone}, 'YYYY-MM-DD') AS "date"
    FROM "run" r
    JOIN "task" t ON t."id" = r."taskId" AND t."deletedAt" IS NULL
    WHERE r."kind" = 'backup' AND r."sourceAddress" IS NOT NULL AND r."createdAt" >= ${since}
      AND r."state" IN ('succeeded', 'partial', 'failed', 'stopped')
    GROUP BY 1, 2, 4`;
}
