import { Failure } from '@breakwater/domain/failure';

/** A JSON document. Integers beyond 2^53 are bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [name: string]: JsonValue };

/** A string literal as Go's encoding/json writes it, HTML escapes and all; a lone surrogate becomes \ufffd. */
export function goJsonString(text: string): string {
  return needsEscape.test(text) ? `"${text.replace(escaped, escapeOne)}"` : `"${text}"`;
}

const needsEscape = /["\\<>&\u2028\u2029\ud800-\udfff]|[^\x20-\uffff]/;
// Unicode mode: a surrogate pair is one character here, so that only lone surrogates match.
const escaped = /["\\<>&\u2028\u2029]|\p{Cs}|[^\x20-\u{10ffff}]/gu;

function escapeOne(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
  }
  const code = character.charCodeAt(0);
  // Go ≥ 1.22 writes \b and \f for these two; restic 0.14 does not.
  return `\\u${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16).padStart(4, '0')}`;
}

/** Any value, with the keys of objects in byte order as Go writes maps. */
export function goJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value === 'object') {
    if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
    const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${keys.map((key) => `${goJsonString(key)}:${goJson(value[key] ?? null)}`).join(',')}}`;
  }
  return String(value);
}

// Only then can an integer be beyond 2^53. (Strings may match as well, which costs time only.)
const longInteger = /:\s*-?\d{16}/;
const integerSource = /^-?\d+$/;

/** Parses a document; `what` names it in the `repository-damaged` failure. Input length bounds the memory. */
export function parseJson(bytes: Uint8Array, what: string): JsonValue {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    if (!longInteger.test(text)) return JSON.parse(text) as JsonValue;
    return JSON.parse(text, (_key, value: JsonValue, context?: { source?: string }): JsonValue => {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
      const source = context?.source;
      return source !== undefined && integerSource.test(source) ? BigInt(source) : value;
    }) as JsonValue;
  } catch (cause) {
    throw new Failure('repository-damaged', `${what} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
