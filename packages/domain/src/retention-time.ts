import type { RetentionDuration } from './retention-duration.ts';

/** An instant with the zone its day and hour are told in: retention counts days where the backup was made. */
export interface RetentionTime {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly ns: bigint;
  /** Local time minus UTC. */
  readonly offsetSeconds: number;
}

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_HOUR = 3600n * NS_PER_SECOND;
const MS_PER_DAY = 86_400_000;

/** An instant before every snapshot, year 1 UTC: what "the latest of none" is for restic. */
export const ZERO_TIME: RetentionTime = { ns: -62_135_596_800n * NS_PER_SECOND, offsetSeconds: 0 };

/** Local wall time as if it were UTC: its UTC fields are the local ones. */
function localDate(time: RetentionTime): Date {
  return new Date(Number(floorDivide(time.ns, NS_PER_MS)) + time.offsetSeconds * 1000);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** Numbers that are equal exactly when two times lie in the same local hour, day, ISO week, month or year. */
export const calendarUnit = {
  hour: (time: RetentionTime): number => calendarUnit.day(time) * 100 + localDate(time).getUTCHours(),
  day: (time: RetentionTime): number => calendarUnit.month(time) * 100 + localDate(time).getUTCDate(),
  week: (time: RetentionTime): number => isoWeek(localDate(time)),
  month: (time: RetentionTime): number => calendarUnit.year(time) * 100 + localDate(time).getUTCMonth() + 1,
  year: (time: RetentionTime): number => localDate(time).getUTCFullYear(),
};

/** ISO 8601: weeks begin on Monday and belong to the year that their Thursday lies in. Year × 100 + week. */
function isoWeek(date: Date): number {
  const daysSinceMonday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - daysSinceMonday) * MS_PER_DAY);
  const newYear = new Date(thursday);
  newYear.setUTCMonth(0, 1);
  const week = Math.floor((thursday.getTime() - newYear.getTime()) / MS_PER_DAY / 7) + 1;
  return thursday.getUTCFullYear() * 100 + week;
}

/**
 * `time` moved back on its own calendar, in nanoseconds since the epoch: a day that a month lacks runs over into the
 * next month (31 March less one month is 3 March), hours are counted last. Null when it lies before all calendars.
 */
export function movedBack(time: RetentionTime, by: RetentionDuration): bigint | null {
  const local = localDate(time);
  const shifted = new Date(local);
  shifted.setUTCFullYear(
    local.getUTCFullYear() - by.years,
    local.getUTCMonth() - by.months,
    local.getUTCDate() - by.days,
  );
  if (Number.isNaN(shifted.getTime())) return null;
  return time.ns + BigInt(shifted.getTime() - local.getTime()) * NS_PER_MS - BigInt(by.hours) * NS_PER_HOUR;
}
