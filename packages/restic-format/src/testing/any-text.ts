import fc from 'fast-check';

const codePoint = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xffff }),
    fc.integer({ min: 0, max: 0x10ffff }),
  )
  .filter((code) => code < 0xd800 || code > 0xdfff);

/** Any well-formed text, control characters and unassigned code points included. */
export function anyText(maxLength = 12): fc.Arbitrary<string> {
  return fc.array(codePoint, { maxLength }).map((codes) => String.fromCodePoint(...codes));
}
