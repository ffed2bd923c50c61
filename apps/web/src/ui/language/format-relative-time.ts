import type { Locale } from './locale.ts';

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  // unit, its seconds, and below how many seconds it is used
  ['second', 1, 60],
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 30 * 86_400],
  ['month', 30.44 * 86_400, 365 * 86_400],
  ['year', 365.25 * 86_400, Number.POSITIVE_INFINITY],
];

/** Less than this far from now, either way, is "now": clocks differ, and a counting "1 second ago" is only noise. */
export const NOW_SECONDS = 5;

/** `at` seen from `now`, both in ms: `5 min ago`, `in 14 sec`; null when it is now, which the caller has a word for. */
export function formatRelativeTime(at: number, now: number, locale: Locale): string | null {
  const seconds = (at - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < NOW_SECONDS) return null;
  for (const [unit, size, below] of steps) {
    if (distance >= below) continue;
    const value = Math.trunc(distance / size) * Math.sign(seconds);
    return new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' })
      .format(value, unit)
      .replace('.', '');
  }
  return null;
}
