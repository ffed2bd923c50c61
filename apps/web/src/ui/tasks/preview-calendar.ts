import type { JudgedSnapshot } from '@breakwater/contract/retention';
import { dayOf } from '../runs/runs-query.ts';

/** A day of the calendar with what a retention makes of its snapshots. */
export interface CalendarDay {
  /** `2026-11-22`, in the reader's time zone. */
  date: string;
  kept: number;
  removed: number;
}

export interface CalendarMonth {
  /** `2026-11` */
  month: string;
  /** Weeks from Monday; null outside of the month. */
  weeks: (CalendarDay | null)[][];
}

/** More months than this would be a wall; those beyond are counted. */
export const MOST_MONTHS = 24;

const DAYS_A_WEEK = 7;

/** The months that have snapshots, newest first, each as its weeks, and how many older months are left out. */
export function calendarOf(
  snapshots: readonly Pick<JudgedSnapshot, 'recordedAt' | 'keep'>[],
  timeZone: string,
): { months: CalendarMonth[]; more: number } {
  const days = new Map<string, CalendarDay>();
  for (const { recordedAt, keep } of snapshots) {
    const date = dayOf(recordedAt, timeZone);
    const day = days.get(date) ?? { date, kept: 0, removed: 0 };
    if (keep) day.kept += 1;
    else day.removed += 1;
    days.set(date, day);
  }
  const months = [...new Set([...days.keys()].map((date) => date.slice(0, 7)))].sort().reverse();
  return {
    months: months.slice(0, MOST_MONTHS).map((month) => ({ month, weeks: weeksOf(month, days) })),
    more: Math.max(0, months.length - MOST_MONTHS),
  };
}

/** The days of a calendar that have snapshots, newest first. */
export function filledDays(months: readonly CalendarMonth[]): CalendarDay[] {
  const days = months.flatMap(({ weeks }) => weeks.flat()).filter((day) => day !== null);
  return days.filter(({ kept, removed }) => kept + removed > 0).sort((a, b) => (a.date < b.date ? 1 : -1));
}

function weeksOf(month: string, days: ReadonlyMap<string, CalendarDay>): (CalendarDay | null)[][] {
  // Dates alone, so that no time zone has a say in them.
  const first = new Date(`${month}-01T00:00:00Z`);
  const before = (first.getUTCDay() + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
  const cells: (CalendarDay | null)[] = Array.from({ length: before }, () => null);
  for (const day = first; day.toISOString().startsWith(month); day.setUTCDate(day.getUTCDate() + 1)) {
    const date = day.toISOString().slice(0, 10);
    cells.push(days.get(date) ?? { date, kept: 0, removed: 0 });
  }
  while (cells.length % DAYS_A_WEEK > 0) cells.push(null);
  return Array.from({ length: cells.length / DAYS_A_WEEK }, (_, week) =>
    cells.slice(week * DAYS_A_WEEK, (week + 1) * DAYS_A_WEEK),
  );
}
