import { z } from 'zod';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as Go writes it (`90s`, `1h30m`, `1.5h`), in ms. */
export const durationOption = z.string().transform((text, context) => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text === '0') return 0;
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    context.addIssue(`is "${text}": expected a duration such as 90s, 5m or 1h30m`);
    return z.NEVER;
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
});
