import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './testing/any-text.ts';
import { goJson, goJsonString, parseJson } from './go-json.ts';

describe('goJsonString', () => {
  it.each([
    ['plain', '"plain"'],
    ['<a href="x">&', '"\\u003ca href=\\"x\\"\\u003e\\u0026"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\0\b\t\n\f\r\x1f\x7f', '"\\u0000\\u0008\\t\\n\\u000c\\r\\u001f\x7f"'],
    ['\\', '"\\\\"'],
    ['ä 🎉', '"ä 🎉"'],
    ['x\udcffy', '"x\\ufffdy"'],
  ])('writes %j as Go does', (text, json) => {
    expect(goJsonString(text)).toBe(json);
  });

  it('is JSON for any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(JSON.parse(goJsonString(text))).toBe(text);
      }),
    );
  });
});

describe('parseJson', () => {
  it('keeps integers beyond 2^53', () => {
    const json = '{"inode":18446744073709551615,"small":7,"text":":1234567890123456789","real":1.5e300}';
    const value = parseJson(Buffer.from(json), 'tree');
    expect(value).toEqual({
      inode: 18446744073709551615n,
      small: 7,
      text: ':1234567890123456789',
      real: 1.5e300,
    });
  });

  it('names the document it cannot read', () => {
    expect(() => parseJson(Buffer.from('{"a":'), 'index 1234')).toThrow(/index 1234 is not JSON/);
  });

  it('survives nesting without end', () => {
    const deep = Buffer.from('['.repeat(200_000));
    expect(() => parseJson(deep, 'tree')).toThrow(/tree is not JSON/);
    expect(() =>
      parseJson(Buffer.concat([Buffer.from('{"a":1234567890123456789,"b":'), deep]), 'tree'),
    ).toThrow();
  });
});

it('goJson sorts keys by their bytes', () => {
  expect(goJson({ b: [1, true, null], a: { 'ü<': 18446744073709551615n } })).toBe(
    '{"a":{"ü\\u003c":18446744073709551615},"b":[1,true,null]}',
  );
});
