import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './testing/any-text.ts';
import { isGoPrintable } from './go-printable.ts';
import { goQuote, goUnquote } from './go-quote.ts';
import { rawFromBytes } from './raw-string.ts';

describe('goQuote', () => {
  it.each([
    ['plain name.txt', 'plain name.txt'],
    ['say "hi"', 'say \\"hi\\"'],
    ['back\\slash', 'back\\\\slash'],
    ['\x07\b\f\n\r\t\v', '\\a\\b\\f\\n\\r\\t\\v'],
    ['\x01\x1b\x7f', '\\x01\\x1b\\x7f'],
    ['\u0085\u00a0\u00ad\u2028\ufeff', '\\u0085\\u00a0\\u00ad\\u2028\\ufeff'],
    ['äöü 中文 🎉 \ufffd', 'äöü 中文 🎉 \ufffd'],
    ['\ue000\u{10fffd}', '\\ue000\\U0010fffd'],
    [rawFromBytes(Buffer.from([0x61, 0xff, 0xc3])), 'a\\xff\\xc3'],
  ])('quotes %j', (name, quoted) => {
    expect(goQuote(name)).toBe(quoted);
    expect(goUnquote(quoted, 'tree')).toBe(name);
  });

  it('keeps any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const raw = rawFromBytes(bytes);
        expect(goUnquote(goQuote(raw), 'tree')).toBe(raw);
      }),
    );
  });

  it('keeps any text', () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        expect(goUnquote(goQuote(text), 'tree')).toBe(text);
      }),
    );
  });
});

describe('goUnquote', () => {
  it('reads octal escapes, which Go takes too', () => {
    expect(goUnquote('\\101\\060', 'tree')).toBe('A0');
  });

  it.each(['"', '\\', '\\q', '\\x1', '\\u12', '\\ud800', '\\U00110000', '\\400', "\\'", 'a\nb'])(
    'refuses %j',
    (quoted) => {
      expect(() => goUnquote(quoted, 'tree 1234')).toThrow(/tree 1234/);
    },
  );
});

describe('isGoPrintable', () => {
  it('knows the borders', () => {
    expect([0x1f, 0x20, 0x7e, 0x7f, 0xa0, 0xa1, 0xad, 0xae].map(isGoPrintable)).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it('is pinned to Unicode 13', () => {
    expect(isGoPrintable(0x1f972)).toBe(true);
    expect(isGoPrintable(0x1fae0)).toBe(false);
    expect(isGoPrintable(0xe01ef)).toBe(true);
    expect(isGoPrintable(0x10ffff)).toBe(false);
  });
});
