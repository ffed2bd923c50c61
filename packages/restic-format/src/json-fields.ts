import { Failure } from '@breakwater/domain/failure';
import { isId } from './blob.ts';
import type { JsonValue } from './go-json.ts';
import { type GoTime, parseGoTime, readGoTime, ZERO_GO_TIME } from './go-time.ts';

const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Reads the fields of one JSON object with Go's rules: a field that is missing or null has its zero value, unknown
 * fields are passed over, a field of another type is a `repository-damaged` failure that names `what`.
 */
export class JsonFields {
  readonly what: string;
  readonly #object: { [name: string]: JsonValue };

  constructor(value: JsonValue | undefined, what: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Failure('repository-damaged', `${what} is not a JSON object`);
    }
    this.#object = value;
    this.what = what;
  }

  raw(name: string): JsonValue {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? null) : null;
  }

  wrong(name: string, expected: string): Failure {
    const given = this.raw(name);
    const text = String(given !== null && typeof given === 'object' ? kindOf(given) : given).slice(0, 80);
    return new Failure(
      'repository-damaged',
      `${this.what}: field "${name}" is ${text}, expected ${expected}`,
    );
  }

  string(name: string): string {
    const value = this.raw(name);
    if (value === null) return '';
    if (typeof value !== 'string') throw this.wrong(name, 'a string');
    return value;
  }

  boolean(name: string): boolean {
    const value = this.raw(name);
    if (value === null) return false;
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false');
    return value;
  }

  /** An unsigned integer up to `max` (at most 2^53 − 1). */
  uint(name: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.raw(name);
    if (value === null) return 0;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
      throw this.wrong(name, `an integer from 0 to ${max}`);
    }
    return value;
  }

  uint64(name: string): bigint {
    const value = this.raw(name);
    if (value === null) return 0n;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
    if (typeof value === 'bigint' && value >= 0n && value <= UINT64_MAX) return value;
    throw this.wrong(name, 'an unsigned 64-bit integer');
  }

  time(name: string): GoTime {
    const value = this.raw(name);
    if (value === null) return ZERO_GO_TIME;
    return readGoTime(value) ?? parseGoTime(value, `${this.what}: field "${name}"`);
  }

  id(name: string): string {
    const value = this.raw(name);
    if (!isId(value)) throw this.wrong(name, '64 hex digits');
    return value;
  }

  optionalId(name: string): string | null {
    return this.raw(name) === null ? null : this.id(name);
  }

  list(name: string): JsonValue[] | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value;
  }

  ids(name: string): string[] | null {
    const value = this.list(name);
    if (value === null) return null;
    if (!value.every(isId)) throw this.wrong(name, 'a list of ids of 64 hex digits');
    return value;
  }

  strings(name: string): string[] {
    const value = this.list(name) ?? [];
    if (!value.every((one) => typeof one === 'string')) throw this.wrong(name, 'a list of strings');
    return value;
  }

  /** Standard base64, as Go writes []byte; null when missing. */
  bytes(name: string): Buffer | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value !== 'string') throw this.wrong(name, 'base64');
    const bytes = Buffer.from(value, 'base64');
    if (bytes.toString('base64') !== value) throw this.wrong(name, 'base64');
    return bytes;
  }
}

/** Not the whole of it: what is nested a hundred thousand deep cannot be written down. */
function kindOf(given: object): string {
  return Array.isArray(given) ? 'a list' : 'an object';
}
