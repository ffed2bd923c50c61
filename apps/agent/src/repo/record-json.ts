import { goJsonString } from '@breakwater/restic-format/go-json';

/** What a record for programs may hold. Fields that are undefined are left out. */
export type RecordValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | undefined
  | readonly RecordValue[]
  | { readonly [name: string]: RecordValue };

/**
 * JSON on one line, fields in the order given, strings escaped as restic (Go's encoding/json) escapes them. Integers
 * beyond 2^53, such as inodes, may be bigint. Raw strings that are not UTF-8 come out with U+FFFD, as restic's do.
 */
export function recordJson(value: RecordValue): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return goJsonString(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(recordJson).join(',')}]`;
  const fields: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) fields.push(`${goJsonString(name)}:${recordJson(field)}`);
  }
  return `{${fields.join(',')}}`;
}

function isList(value: object): value is readonly RecordValue[] {
  return Array.isArray(value);
}
