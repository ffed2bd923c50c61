import type { ReactNode } from 'react';

/** One column of a `DataTable`. The first one names the row and is always shown. */
export interface Column<Row> {
  id: string;
  header: string;
  /** What is sorted by and searched in. null sorts last. Leave it out for a column that has no value of its own. */
  value?: (row: Row) => string | number | null;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, so that their digits line up. */
  align?: 'start' | 'end';
  /** CSS width; the rest share what is left. */
  width?: string;
  /** Chosen by default? Readers can change it, and it is kept for them. */
  hidden?: boolean;
  /** Left out of the cards of a phone. */
  phone?: boolean;
  /** Takes a card's whole width on a phone, for what is long. */
  phoneWide?: boolean;
  /** Values to filter by, exactly, from a list above the table. Compared with `filterValue`, or else with `value`. */
  filter?: readonly { value: string; label: string }[];
  filterValue?: (row: Row) => string;
}

/** `name.desc` ↔ which column, which way; null when the text names no sortable column. */
export function parseSort<Row>(
  text: string | null,
  columns: readonly Column<Row>[],
): { id: string; desc: boolean } | null {
  if (text === null) return null;
  const [id, way] = text.split('.');
  const column = columns.find((candidate) => candidate.id === id && candidate.value !== undefined);
  if (column === undefined || (way !== 'asc' && way !== 'desc')) return null;
  return { id: column.id, desc: way === 'desc' };
}

/** The order of two values of one column: numbers by size, texts as people count (`web-2` before `web-10`), null last. */
export function compareValues(
  a: string | number | null,
  b: string | number | null,
  desc: boolean,
  collator: Intl.Collator,
): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return desc ? -order : order;
}

/** True when every word of `search` is in one of the row's searched values. */
export function matchesSearch<Row>(row: Row, columns: readonly Column<Row>[], search: string): boolean {
  const words = search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = columns
    .map((column) => column.value?.(row))
    .filter((value) => value !== null && value !== undefined)
    .join('\n')
    .toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

/** True when the row has this value in a column that can be filtered by it. */
export function matchesFilter<Row>(row: Row, column: Column<Row>, wanted: string): boolean {
  const value = column.filterValue?.(row) ?? column.value?.(row) ?? '';
  return String(value) === wanted;
}
