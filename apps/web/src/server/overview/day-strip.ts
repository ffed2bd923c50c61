import type { Overview } from '@breakwater/contract/resources';

type Day = Overview['servers'][number]['days'][number];

export const DAYS = 30;

/** The last 30 dates in a time zone, oldest first, today last: `2026-11-22`. */
export function lastDays(timeZone: string, now: number): string[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dateOf = (at: Date) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
  // From today's date on by calendar, not by hours: days have 23 to 25 of them.
  const today = new Date(`${dateOf(new Date(now))}T00:00:00Z`).getTime();
  return Array.from({ length: DAYS }, (_, back) =>
    new Date(today - (DAYS - 1 - back) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** Worst first: what went wrong on a day is not hidden by what went right later. */
const worst = [
  ['failed', 'failed'],
  ['stopped', 'missed'],
  ['partial', 'partial'],
  ['succeeded', 'ok'],
] as const;

/** One cell a day from how many runs ended in which state. */
export function dayStrip(
  days: readonly string[],
  counts: readonly { date: string; state: string; runs: number }[],
): Day[] {
  return days.map((date) => {
    const here = counts.filter((one) => one.date === date && one.runs > 0);
    const found = worst.find(([state]) => here.some((one) => one.state === state));
    return { date, state: found?.[1] ?? 'none', runs: here.reduce((sum, one) => sum + one.runs, 0) };
  });
}
