import type { FieldError } from '@breakwater/contract/failure-codes';
import type { z } from 'zod';
import { shown } from './field-refusal.ts';

/** What comes from outside may have arrays and objects inside one another this deep: far more than anything needs. */
export const MAX_DEPTH = 64;

export type ParsedInput<T> = { ok: true; data: T } | { ok: false; fieldErrors: FieldError[] };

/**
 * Parses what came over HTTP or a socket, with one field error for each thing that is wrong: what the schema refuses,
 * and what no schema judges and nothing here can store or show. `where` names the whole.
 */
export function parseInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  where: string,
): ParsedInput<z.output<T>> {
  const unfit: Unfit = { text: null, deep: null };
  findUnfit(input, [], where, unfit);
  // What is nested too deep is not shown to a schema at all: neither it nor JSON.stringify bounds its own depth.
  if (unfit.deep !== null) return { ok: false, fieldErrors: [unfit.deep] };
  const parsed = schema.safeParse(input);
  if (parsed.success && unfit.text === null) return { ok: true, data: parsed.data };
  const issues = parsed.error?.issues ?? [];
  const fieldErrors = issues.flatMap((issue) => fieldErrorsOf(issue, input, where));
  if (unfit.text !== null) fieldErrors.push(unfit.text);
  return { ok: false, fieldErrors };
}

/** A field error in words, such as `name is "x": expected at least 2 characters`. */
export function sayFieldError({ field, given, expected }: FieldError): string {
  return `${field} is ${given}: expected ${expected}`;
}

/** The first of each kind. */
interface Unfit {
  text: FieldError | null;
  deep: FieldError | null;
}

/** Recurses no deeper than `MAX_DEPTH`, and keeps nothing of what it has seen: a message may have megabytes. */
function findUnfit(value: unknown, path: PropertyKey[], where: string, unfit: Unfit): void {
  if (typeof value === 'string') {
    noteText(value, path, where, unfit);
    return;
  }
  if (typeof value !== 'object' || value === null || unfit.deep !== null) return;
  // A socket's binary part: no schema takes one, and each of its bytes would count as a field.
  if (ArrayBuffer.isView(value)) return;
  if (path.length >= MAX_DEPTH) {
    unfit.deep = tooDeep(path, where);
    return;
  }
  const into = (key: PropertyKey, inner: unknown): void => {
    path.push(key);
    findUnfit(inner, path, where, unfit);
    path.pop();
  };
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) into(at, value[at]);
    return;
  }
  for (const key of Object.keys(value)) {
    noteText(key, path, where, unfit);
    into(key, (value as Record<string, unknown>)[key]);
  }
}

function noteText(text: string, path: readonly PropertyKey[], where: string, unfit: Unfit): void {
  const error = unfit.text === null ? unfitText(text) : null;
  if (error !== null) unfit.text = { field: nameOf(path, where), ...error };
}

/** No name, path or text has a NUL character or half of a surrogate pair, and PostgreSQL stores neither. */
function unfitText(text: string): Pick<FieldError, 'given' | 'expected'> | null {
  if (text.includes('\0')) return { given: 'a text with a NUL character', expected: 'one without' };
  if (text.isWellFormed()) return null;
  return { given: 'a text with half of a surrogate pair', expected: 'whole characters' };
}

function tooDeep(path: readonly PropertyKey[], where: string): FieldError {
  return {
    field: nameOf(path.slice(0, 1), where),
    given: `nested more than ${MAX_DEPTH} levels deep`,
    expected: `at most ${MAX_DEPTH} levels of arrays and objects`,
  };
}

function fieldErrorsOf(issue: z.core.$ZodIssue, input: unknown, where: string): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        field: nameOf(path, where),
        given: shown(key, valueAt(input, path)),
        expected: 'no such field',
      };
    });
  }
  const field = nameOf(issue.path, where);
  return [{ field, given: shown(field, valueAt(input, issue.path)), expected: expectedOf(issue) }];
}

function expectedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return withArticle(issue.expected);
  if (issue.code === 'invalid_value')
    return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`;
  // A schema's own words come first; where it has none zod says "Invalid UUID".
  if (issue.code === 'invalid_format' && /^Invalid /.test(issue.message)) {
    return formatWords[issue.format] ?? `text in the form ${issue.format}`;
  }
  return issue.message.replace(/^(Invalid input: )?expected /, '');
}

const formatWords: Partial<Record<string, string>> = {
  uuid: 'a UUID, as in 0190a3f0-0000-7000-8000-000000000001',
  url: 'a URL',
  email: 'an e-mail address',
  datetime: 'a date and time as in 2026-11-22T02:00:00Z',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function withArticle(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function nameOf(path: readonly PropertyKey[], where: string): string {
  return path.length === 0 ? where : path.map(String).join('.');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
