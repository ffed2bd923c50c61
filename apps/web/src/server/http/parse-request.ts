import { Failure } from '@breakwater/domain/failure';
import type { z } from 'zod';
import { type RefusalFacts, shown } from './field-refusal.ts';
import { parseInput, sayFieldError } from './parse-input.ts';

/** A request's JSON may have this many bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Parses `input` or throws Failure `invalid-request` with one field error for each thing that is wrong. */
export function parseOrRefuse<T extends z.ZodType>(schema: T, input: unknown, where: string): z.output<T> {
  const parsed = parseInput(schema, input, where);
  if (parsed.ok) return parsed.data;
  const { fieldErrors } = parsed;
  const more = fieldErrors.length > 1 ? ` (and ${fieldErrors.length - 1} more)` : '';
  throw new Failure('invalid-request', `${fieldErrors.slice(0, 1).map(sayFieldError).join('')}${more}`, {
    cause: { fieldErrors } satisfies RefusalFacts,
  });
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
