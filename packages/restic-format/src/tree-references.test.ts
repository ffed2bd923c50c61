import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blobId } from './sealed-blob.ts';
import { collectReferences } from './tree-references.ts';

const id = fc.nat(1000).map((number) => blobId(Buffer.from(String(number))));
const nastyName = fc.oneof(
  fc.constantFrom(
    'subtree',
    'content',
    '"subtree"',
    '"content":["',
    '\\"subtree":"',
    '","subtree":"',
    '"type":"dir"',
    'dir',
    'nodes',
    'a\u0001',
    '\u00e9\ud83d\ude00',
    'generic_attributes',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const node = fc.oneof(
  fc.record(
    { name: nastyName, type: fc.constant('file'), user: nastyName, content: fc.array(id, { maxLength: 4 }) },
    { requiredKeys: ['name', 'type'] },
  ),
  fc.record({ name: nastyName, type: fc.constant('dir'), subtree: id }),
  fc.record({ name: nastyName, type: nastyName, linktarget: nastyName, content: fc.constant(null) }),
  fc.record({
    name: nastyName,
    type: fc.constant('file'),
    extended_attributes: fc.array(fc.record({ name: nastyName, value: nastyName }), { maxLength: 2 }),
    generic_attributes: fc.dictionary(nastyName, nastyName, { maxKeys: 2 }),
  }),
);

function referencesOf(json: string): { subtrees: string[]; contents: string[]; wrong: string | null } {
  const [subtrees, contents]: [string[], string[]] = [[], []];
  const wrong = collectReferences(Buffer.from(`....${json}`).subarray(4), subtrees, contents);
  return { subtrees, contents, wrong };
}

it('finds the same ids as a parser, whatever the names are, however it is written', () => {
  const spaces = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(fc.array(node, { maxLength: 6 }), spaces, fc.boolean(), (nodes, space, escaped) => {
      let json = JSON.stringify({ nodes }, null, space);
      if (escaped)
        json = json.replaceAll('"subtree":', '"s\\u0075btree":').replaceAll('"content":', '"conten\\u0074":');
      const expected = {
        subtrees: nodes.flatMap((one) => ('subtree' in one ? [one.subtree] : [])),
        contents: nodes.flatMap((one) => ('content' in one ? (one.content ?? []) : [])),
      };
      const { subtrees, contents, wrong } = referencesOf(json);
      if (wrong === null) expect({ subtrees, contents }).toEqual(expected);
      // A name may happen to be "dir" in a node that has no tree.
      else expect(nodes.some((one) => one.type === 'dir' && !('subtree' in one))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('says what is wrong rather than pass over it', () => {
  const good = blobId(Buffer.of());
  const cases: [json: string, wrong: string][] = [
    ['{"nodes":[{"type":"dir"}]}', 'a folder in it has no tree'],
    ['{"nodes":[{"type":"file","content":["ab"]}]}', 'content that is no list of ids'],
    [`{"nodes":[{"type":"file","content":["${good}"`, 'not JSON'],
    [`{"nodes":[{"type":"file","content":"${good}"}]}`, 'content that is no list of ids'],
    [`{"nodes":[{"type":"dir","subtree":["${good}"]}]}`, 'a subtree that is no id'],
  ];
  for (const [json, wrong] of cases) {
    for (const end of ['', '\n']) expect(String(referencesOf(json + end).wrong)).toContain(wrong);
  }
  expect(referencesOf('{"nodes":null}').wrong).toBeNull();
  expect(referencesOf('{"nodes":[]}').wrong).toBeNull();
});
