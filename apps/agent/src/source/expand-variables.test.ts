import { expect, it } from 'vitest';
import { patternsOf } from './exclude-files.ts';
import { expandVariables } from './expand-variables.ts';
import { foldCase } from './fold-case.ts';

// Go's os.Expand, and restic's own $$, decide what is right here.
it.each([
  ['no variable', 'no variable'],
  ['$NAME/x', 'value/x'],
  [`\${NAME}x`, 'valuex'],
  ['$NAMEx', ''],
  ['$1NAME', 'oneNAME'],
  ['$$NAME', '$NAME'],
  [`\${$}`, '$'],
  ['5 $ a', '5 $ a'],
  ['$', '$'],
  ['a$', 'a$'],
  ['$/x', '$/x'],
  [`\${}x`, 'x'],
  ['${NAME', 'NAME'],
  ['$UNSET.', '.'],
])('expands %s to %s', (text, expanded) => {
  const known: Record<string, string> = { NAME: 'value', 1: 'one' };
  expect(expandVariables(text, (name) => known[name] ?? '')).toBe(expanded);
});

it('reads patterns line by line, without comments and blanks', () => {
  expect(patternsOf(['# no', '', '  *.tmp\t', '#$X', '\\#yes', 'a # b'], () => '')).toEqual([
    '*.tmp',
    '\\#yes',
    'a # b',
  ]);
});

it('folds case character by character, as Go does', () => {
  expect(foldCase('ABC/ΣΑΣ/İ/ẞ\udcff')).toBe('abc/σασ/i/ß\ufffd');
});
