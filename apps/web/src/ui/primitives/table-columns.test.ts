import { expect, test } from 'vitest';
import { type Column, compareValues, matchesFilter, matchesSearch, parseSort } from './table-columns.ts';

interface Machine {
  name: string;
  bytes: number | null;
  online: boolean;
}
const columns: Column<Machine>[] = [
  { id: 'name', header: 'Name', value: (m) => m.name, cell: () => null },
  { id: 'bytes', header: 'Size', value: (m) => m.bytes, cell: () => null },
  { id: 'menu', header: '', cell: () => null },
  {
    id: 'state',
    header: 'State',
    cell: () => null,
    filter: [{ value: 'on', label: 'On' }],
    filterValue: (m) => (m.online ? 'on' : 'off'),
  },
];
const collator = new Intl.Collator('en', { numeric: true });
const web: Machine = { name: 'web-10', bytes: null, online: true };

test('the address holds a column that can be sorted and a direction, or nothing', () => {
  expect(parseSort('bytes.desc', columns)).toEqual({ id: 'bytes', desc: true });
  expect(parseSort('bytes.down', columns)).toBeNull();
  expect(parseSort('menu.asc', columns)).toBeNull();
  expect(parseSort('gone.asc', columns)).toBeNull();
  expect(parseSort(null, columns)).toBeNull();
});

test('names count as people do, and what is unknown comes last either way', () => {
  expect(compareValues('web-2', 'web-10', false, collator)).toBeLessThan(0);
  expect(compareValues('web-2', 'web-10', true, collator)).toBeGreaterThan(0);
  expect(compareValues(2, 10, false, collator)).toBeLessThan(0);
  for (const desc of [true, false]) {
    expect(compareValues(null, 1, desc, collator)).toBe(1);
    expect(compareValues(1, null, desc, collator)).toBe(-1);
  }
  expect(compareValues(null, null, true, collator)).toBe(0);
});

test('a search needs every word, in any column and any case', () => {
  expect(matchesSearch(web, columns, ' WEB 10 ')).toBe(true);
  expect(matchesSearch(web, columns, 'web 11')).toBe(false);
  expect(matchesSearch(web, columns, '')).toBe(true);
});

test('a filter compares the whole value', () => {
  const state = columns[3];
  if (state === undefined) throw new Error('no state column');
  expect(matchesFilter(web, state, 'on')).toBe(true);
  expect(matchesFilter(web, state, 'o')).toBe(false);
});
