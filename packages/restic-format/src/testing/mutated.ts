import fc from 'fast-check';

type Change = (bytes: Buffer) => Buffer;

/** What stands in a JSON document for a value and may upset whoever reads it. */
const ODD_VALUES = [
  'null',
  'true',
  '-1',
  '0',
  '1.5',
  '1e308',
  '1e999',
  '-0',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999999999999999999999',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '"AAAA="',
  '"0000-00-00T00:00:00Z"',
  '"-1-01-01T99:99:99+99:99"',
  `"${'f'.repeat(64)}"`,
  `"${'F'.repeat(64)}"`,
  '[]',
  '{}',
  '[null]',
  '[[[]]]',
  '{"__proto__":1}',
  `"${'long '.repeat(5000)}"`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
];

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const byteChange: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(position, fc.integer({ min: 0, max: 7 })).map(([at, bit]): Change => {
    return (bytes) => {
      const changed = Buffer.from(bytes);
      const which = Math.floor(at * bytes.length);
      changed[which] = (changed[which] ?? 0) ^ (1 << bit);
      return changed;
    };
  }),
  fc.tuple(position, position).map(([from, to]): Change => {
    return (bytes) => {
      const [start = 0, end = 0] = [from, to]
        .map((at) => Math.floor(at * bytes.length))
        .sort((a, b) => a - b);
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    };
  }),
  fc.tuple(position, fc.uint8Array({ maxLength: 40 })).map(([at, inserted]): Change => {
    return (bytes) => {
      const where = Math.floor(at * bytes.length);
      return Buffer.concat([bytes.subarray(0, where), inserted, bytes.subarray(where)]);
    };
  }),
  position.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * bytes.length)),
  ),
);

/** Values of a document: strings, numbers, words, and brackets that hold nothing. */
const jsonValue = /"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\}/g;

const jsonChange: fc.Arbitrary<Change> = fc
  .tuple(position, fc.constantFrom(...ODD_VALUES))
  .map(([at, value]): Change => {
    return (bytes) => {
      const text = bytes.toString('utf8');
      const values = [...text.matchAll(jsonValue)];
      const found = values[Math.floor(at * values.length)];
      if (found === undefined) return bytes;
      return Buffer.from(text.slice(0, found.index) + value + text.slice(found.index + found[0].length));
    };
  });

function changed(valid: Buffer, change: fc.Arbitrary<Change>): fc.Arbitrary<Buffer> {
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((b, one) => one(b), valid));
}

/** Random bytes, and a valid file with bits, bytes and pieces changed. */
export function mutatedBytes(valid: Buffer): fc.Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 4, arbitrary: changed(valid, byteChange) },
  );
}

/** As `mutatedBytes`, and a valid JSON document with values in the wrong places. */
export function mutatedJson(valid: Buffer): fc.Arbitrary<Buffer> {
  return fc.oneof(
    mutatedBytes(valid),
    changed(valid, jsonChange),
    changed(valid, fc.oneof(jsonChange, byteChange)),
  );
}
