export type DurationUnit = 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds';

/**
 * A duration as its one or two largest units, rounded to the smaller of them: 3725 s → 1 h 2 min. Under ten seconds
 * one decimal is kept, under one second it becomes milliseconds.
 */
export function durationParts(seconds: number): { unit: DurationUnit; value: number }[] {
  const positive = Math.max(0, seconds);
  if (positive === 0) return [{ unit: 'seconds', value: 0 }];
  if (positive < 0.9995) return [{ unit: 'milliseconds', value: Math.max(1, Math.round(positive * 1000)) }];
  if (positive < 9.95) return [{ unit: 'seconds', value: Math.round(positive * 10) / 10 }];
  const rounded = positive < 3599.5 ? Math.round(positive) : Math.round(positive / 60) * 60;
  const whole = rounded < 86_400 ? rounded : Math.round(rounded / 3600) * 3600;
  const sizes = [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
    ['seconds', 1],
  ] as const;
  const first = sizes.findIndex(([, size]) => whole >= size);
  let rest = whole;
  return sizes
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const value = Math.floor(rest / size);
      rest -= value * size;
      return { unit, value };
    })
    .filter(({ value }) => value > 0);
}
