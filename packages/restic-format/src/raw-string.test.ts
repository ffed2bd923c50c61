import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyText } from './testing/any-text.ts';
import { compareRaw, isPlain, rawBytes, rawFromBytes, rawToDisplay } from './raw-string.ts';

/** Bytes that often are nearly UTF-8. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 24 }),
  fc
    .array(
      fc.oneof(
        anyText(3).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 2 }),
        fc.constantFrom(Buffer.from([0xed, 0xb2, 0x80]), Buffer.from([0xf0, 0x9f]), Buffer.from('\ufffd')),
      ),
      { maxLength: 6 },
    )
    .map((parts) => Buffer.concat(parts)),
);

it('holds any bytes', () => {
  fc.assert(
    fc.property(bytes, (name) => {
      expect(Buffer.compare(rawBytes(rawFromBytes(name)), name)).toBe(0);
    }),
  );
});

it('is the text itself where the bytes are UTF-8', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(rawFromBytes(Buffer.from(text))).toBe(text);
      expect(isPlain(text)).toBe(true);
    }),
  );
});

it('sorts as the bytes do', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(Math.sign(compareRaw(rawFromBytes(a), rawFromBytes(b)))).toBe(Buffer.compare(a, b));
    }),
  );
});

it('shows bytes that are no text as the replacement character', () => {
  const raw = rawFromBytes(Buffer.from([0x61, 0xff]));
  expect(isPlain(raw)).toBe(false);
  expect(rawToDisplay(raw)).toBe('a\ufffd');
});
