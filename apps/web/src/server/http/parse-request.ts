import type { FieldError } from '@breakwater/contract/failure-codes';
import { Failure } from '@breakwater/domain/failure';
import type { z } from 'zod';
import { type RefusalFacts, shown } from './field-refusal.ts';

/** A request's JSON may have this many bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A request's JSON may have arrays and objects inside one another this deep: far more than any request needs. */
export const MAX_DEPTH = 64;

/** Parses `input` or throws Failure `invalid-request` with one field error for each thing that is wrong. */
export function parseOrRefuse<T extends z.ZodType>(schema: T, input: unknown, where: string): z.output<T> {
  const unfit = unfitIn(input, where);
  // What is nested too deep is not shown to a schema at all: neither it nor JSON.stringify bounds its own depth.
  const parsed = unfit?.deep === true ? null : schema.safeParse(input);
  if (parsed?.success === true && unfit === null) return parsed.data;
  const issues = parsed?.error?.issues ?? [];
  const fieldErrors = issues.flatMap((issue) => fieldErrorsOf(issue, input, where));
  if (unfit !== null) fieldErrors.push(unfit.error);
  const first = fieldErrors[0];
  const more = fieldErrors.length > 1 ? ` (and ${fieldErrors.length - 1} more)` : '';
  throw new Failure(
    'invalid-request',
    `${first?.field} is ${first?.given}: expected ${first?.expected}${more}`,
    { cause: { fieldErrors } satisfies RefusalFacts },
  );
}

/** The first thing in `input` that no schema judges and nothing here can store or show; `deep`: its nesting. */
function unfitIn(input: unknown, where: string): { error: FieldError; deep: boolean } | null {
  const rest: { value: unknown; path: readonly PropertyKey[] }[] = [{ value: input, path: [] }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') {
      const error = unfitText(value);
      if (error !== null) return { error: { field: nameOf(path, where), ...error }, deep: false };
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= MAX_DEPTH) return { error: tooDeep(path, where), deep: true };
      for (const [key, inner] of Object.entries(value)) {
        const error = unfitText(key);
        if (error !== null) return { error: { field: nameOf(path, where), ...error }, deep: false };
        rest.push({ value: inner, path: [...path, key] });
      }
    }
  }
  return null;
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

/** The query as an object; a parameter given twice becomes an array, which no single-valued schema takes. */
export function queryObject(params: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    query[name] = all.length === 1 ? (all[0] ?? '') : all;
  }
  return query;
}

/**
 * Reads a JSON body of at most `MAX_BODY_BYTES`; undefined when there is none. Throws Failure `body-too-large` as
 * soon as more arrives, `unsupported-media-type` for another type than JSON, `malformed-json`.
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === '') return undefined;
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Failure(
      'unsupported-media-type',
      `content-type is ${shown('content-type', type)}: expected application/json`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('malformed-json', `the body is not JSON: ${(error as Error).message}`);
  }
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () =>
    new Failure(
      'body-too-large',
      `the body is larger than ${MAX_BODY_BYTES} bytes, which is the most that is taken`,
    );
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Failure('malformed-json', 'the body is not UTF-8');
  }
}
