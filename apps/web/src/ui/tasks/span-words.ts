import { parseRetentionDuration } from '@breakwater/domain/retention-duration';

const units = [
  ['years', 'year'],
  ['months', 'month'],
  ['days', 'day'],
  ['hours', 'hour'],
] as const;

/** `1y5m` as `1 year, 5 months` in the reader's language; what cannot be read stays as it is. */
export function spanWords(span: string, locale: string): string {
  const parsed = parseRetentionDuration(span);
  if (!parsed.ok) return span;
  const words = units.flatMap(([name, unit]) => {
    const value = parsed.duration[name];
    if (value === 0) return [];
    return [new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value)];
  });
  return words.length === 0 ? span : new Intl.ListFormat(locale, { type: 'unit' }).format(words);
}
