/** A span of calendar time, as retention rules say it: all four whole and not negative. */
export interface RetentionDuration {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

export const NO_DURATION: RetentionDuration = { years: 0, months: 0, days: 0, hours: 0 };

export type ParsedDuration = { ok: true; duration: RetentionDuration } | { ok: false; expected: string };

const units = { y: 'years', m: 'months', d: 'days', h: 'hours' } as const;
const EXPECTED = 'expected numbers with units from large to small, like 1y5m7d2h (m is months)';
/** Beyond this a date cannot be reckoned with; it is longer than any calendar. */
const MAX_COUNT = 1_000_000;

/** Reads `1y5m7d2h`, in any order of units, a later one replacing an earlier of its kind, as restic does. */
export function parseRetentionDuration(text: string): ParsedDuration {
  const trimmed = text.trim();
  if (!/^(\d+[ymdh])*$/.test(trimmed)) return { ok: false, expected: EXPECTED };
  const duration = { ...NO_DURATION };
  for (const [, digits = '', unit = ''] of trimmed.matchAll(/(\d+)([ymdh])/g)) {
    const count = Number(digits);
    if (count > MAX_COUNT) return { ok: false, expected: `expected no number above ${MAX_COUNT}` };
    duration[units[unit as keyof typeof units]] = count;
  }
  return { ok: true, duration };
}

/** The shortest text that parses to the same; empty for no time at all. */
export function formatRetentionDuration(duration: RetentionDuration): string {
  const { years, months, days, hours } = duration;
  const parts = [
    [years, 'y'],
    [months, 'm'],
    [days, 'd'],
    [hours, 'h'],
  ] as const;
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
}

export function isZeroDuration({ years, months, days, hours }: RetentionDuration): boolean {
  return years === 0 && months === 0 && days === 0 && hours === 0;
}
