import { Failure } from '@breakwater/domain/failure';
import type { z } from 'zod';

/** Options of a command line. A refusal names the option, what was given and what was expected. */
export function parseOptions<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? 'options');
    const flag = `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const value = (given as Record<string, unknown>)[field];
    const shown = value === undefined ? 'is missing' : field === 'token' ? 'is set' : `is "${String(value)}"`;
    return `${flag} ${shown}: ${issue.message}`;
  });
  throw new Failure('invalid-request', lines.join('\n'));
}
