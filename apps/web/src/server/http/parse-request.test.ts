import { Failure } from '@breakwater/domain/failure';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalFacts } from './field-refusal.ts';
import { parseOrRefuse, queryObject } from './parse-request.ts';

const schema = z.strictObject({
  name: z.string().min(2),
  kind: z.enum(['a', 'b']),
  count: z.number().int().max(9),
  inner: z.strictObject({ list: z.array(z.string()).min(1) }).optional(),
  password: z.string().min(12).optional(),
});

function refused(input: unknown) {
  try {
    parseOrRefuse(schema, input, 'body');
  } catch (error) {
    if (error instanceof Failure) return { message: error.message, errors: refusalFacts(error).fieldErrors };
    throw error;
  }
  throw new Error('it was taken');
}

describe('parseOrRefuse', () => {
  it.each([
    [
      { name: 'x', kind: 'a', count: 1 },
      { field: 'name', given: '"x"', expected: 'at least 2 characters' },
    ],
    [
      { name: 'xy', kind: 'c', count: 1 },
      { field: 'kind', given: '"c"', expected: 'one of "a", "b"' },
    ],
    [
      { name: 'xy', kind: 'a', count: '1' },
      { field: 'count', given: '"1"', expected: 'a number' },
    ],
    [
      { name: 'xy', kind: 'a', count: 10 },
      { field: 'count', given: '10', expected: 'at most 9' },
    ],
    [
      { name: 'xy', kind: 'a' },
      { field: 'count', given: 'missing', expected: 'a number' },
    ],
    [
      { name: 'xy', kind: 'a', count: 1, inner: { list: [] } },
      { field: 'inner.list', given: '[]', expected: 'at least 1 items' },
    ],
    [
      { name: 'xy', kind: 'a', count: 1, inner: { list: ['x', 4] } },
      { field: 'inner.list.1', given: '4', expected: 'a string' },
    ],
    [
      { name: 'xy', kind: 'a', count: 1, password: 'short' },
      { field: 'password', given: 'hidden', expected: 'at least 12 characters' },
    ],
    [
      { name: 'x\0y', kind: 'a', count: 1 },
      { field: 'name', given: 'a text with a NUL character', expected: 'one without' },
    ],
    [
      { name: 'xy', kind: 'a', count: 1, inner: { list: ['x', '/a\ud800b'] } },
      { field: 'inner.list.1', given: 'a text with half of a surrogate pair', expected: 'whole characters' },
    ],
    [7, { field: 'body', given: '7', expected: 'an object' }],
    [undefined, { field: 'body', given: 'missing', expected: 'an object' }],
  ])('says of %o which field, what was given and what was expected', (input, error) => {
    expect(refused(input).errors).toEqual([error]);
  });

  it('names everything that is wrong at once', () => {
    const { errors, message } = refused({ kind: 'a', count: 1, b: 1, a: 2 });
    expect(errors?.map(({ field }) => field).sort()).toEqual(['a', 'b', 'name']);
    expect(message).toMatch(/^name is missing: expected a string \(and 2 more\)$/);
  });

  it('refuses what is nested deeper than any request needs, however deep, and shows none of it', () => {
    const anything = z.strictObject({ a: z.unknown(), b: z.unknown().optional() });
    const nested = (levels: number) => JSON.parse(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);
    expect(parseOrRefuse(anything, nested(63), 'body')).toEqual(nested(63));
    const error = {
      field: 'a',
      given: 'nested more than 64 levels deep',
      expected: 'at most 64 levels of arrays and objects',
    };
    expect(refused(nested(64)).errors).toEqual([error]);
    expect(refused(nested(100_000)).errors).toEqual([error]);
    const list = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(refused(list).errors).toEqual([{ ...error, field: '0' }]);
    // Nor is the depth overlooked behind something else that is unfit.
    const both = JSON.parse(`{"b":"\\u0000","a":${'['.repeat(100_000)}${']'.repeat(100_000)},"c":"\\u0000"}`);
    expect(refused(both).errors).toEqual([error]);
  });

  it('takes characters outside the basic plane', () => {
    const given = { name: '/日本/🗄', kind: 'a', count: 1 };
    expect(parseOrRefuse(schema, given, 'body')).toEqual(given);
  });

  it('cuts what was given where it is long', () => {
    const long = { name: 'xy', kind: 'k'.repeat(9999), count: 1 };
    expect(refused(long).errors?.[0]?.given.length).toBeLessThan(130);
  });
});

describe('a value in the wrong form', () => {
  const forms = z
    .strictObject({ id: z.uuid(), url: z.url(), mail: z.email(), at: z.iso.datetime() })
    .partial();
  it.each([
    ['id', 'x', 'a UUID, as in 0190a3f0-0000-7000-8000-000000000001'],
    ['url', 'x', 'a URL'],
    ['mail', 'x', 'an e-mail address'],
    ['at', 'yesterday', 'a date and time as in 2026-11-22T02:00:00Z'],
  ])('%s is said with what was given and which form was expected', (field, value, expected) => {
    try {
      parseOrRefuse(forms, { [field]: value }, 'body');
      expect.unreachable();
    } catch (error) {
      expect((error as Failure).message).toBe(`${field} is "${value}": expected ${expected}`);
    }
  });
});

describe('queryObject', () => {
  it('makes an array of what is given twice, and no prototype of anything', () => {
    const query = queryObject(new URLSearchParams('a=1&b=2&b=3&__proto__=x'));
    expect(query.a).toBe('1');
    expect(query.b).toEqual(['2', '3']);
    expect(Object.getPrototypeOf(query)).toBe(Object.prototype);
  });
});
