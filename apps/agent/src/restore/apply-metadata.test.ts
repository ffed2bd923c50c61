import { expect, it } from 'vitest';
import { refusalNote } from './apply-metadata.ts';

it.each([
  [false, false, undefined],
  [true, false, 'owners-not-restored'],
  [false, true, 'attributes-not-restored'],
  [true, true, 'owners-and-attributes-not-restored'],
])('says what was refused: owners %j, attributes %j', (owners, attributes, kind) => {
  expect(refusalNote({ owners, attributes })?.kind).toBe(kind);
});
