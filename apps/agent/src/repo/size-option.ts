import { z } from 'zod';

const UNIT_BYTES: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A size as restic takes it: a whole number, bytes or with b, k, m, g, t (powers of 1024); null when it is none. */
export function parseSizeOption(text: string): number | null {
  const [, count, unit] = /^(\d+)([bkmgt]?)$/i.exec(text.trim()) ?? [];
  if (count === undefined) return null;
  const bytes = Number(count) * (UNIT_BYTES[(unit ?? '').toLowerCase()] ?? 1);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** `parseSizeOption` for an option's schema. */
export const sizeOption = z.string().transform((text, context) => {
  const bytes = parseSizeOption(text);
  if (bytes !== null) return bytes;
  context.addIssue(`is "${text}": expected a size such as 500M: bytes, or with k, m, g, t`);
  return z.NEVER;
});
