import { z } from 'zod';

const factors: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `500G`, `1.5T`, or plain bytes; units are powers of 1024. */
export const byteSize = z
  .string()
  .regex(/^\d+(\.\d+)?\s*[KMGT]?(i?B)?$/i, 'expected a size, such as 500G')
  .transform((text) => {
    const unit = /[KMGT]/i.exec(text)?.[0].toUpperCase() ?? '';
    return Math.floor(Number.parseFloat(text) * (factors[unit] ?? 1));
  });
