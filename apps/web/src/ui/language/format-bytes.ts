import type { Locale } from './locale.ts';

const steps = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
/** Between number and unit: they never part at a line's end. */
const NO_BREAK_SPACE = '\u00a0';

/** Bytes in decimal units, as disks and networks count them: `1.2 GB`. Three digits at most, no digits after whole bytes. */
export function formatBytes(bytes: number, locale: Locale): string {
  let step = 0;
  let value = Math.abs(bytes);
  // 999.5 would round to "1,000 kB": move on to the next unit before that.
  while (value >= (step === 0 ? 1000 : 999.5) && step < steps.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 ? 0 : value < 9.95 ? 2 : value < 99.5 ? 1 : 0;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(
    bytes < 0 ? -value : value,
  );
  return `${number}${NO_BREAK_SPACE}${steps[step]}`;
}
