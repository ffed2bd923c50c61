import { pageQuery } from '@breakwater/contract/resources';
import { z } from 'zod';
import { refusedField } from './field-refusal.ts';
import { parseOrRefuse } from './parse-request.ts';

/** Query of every list; extend it with the list's own filters. Unknown parameters are refused. */
export const listQuery = z.strictObject(pageQuery.shape);

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/**
 * The sort key a cursor stands for: of the last item of the page before; undefined for the first page. Throws a
 * Failure `invalid-request` naming `cursor`.
 */
export function cursorKey<T extends z.ZodType>(page: PageRequest, key: T): z.output<T> | undefined {
  if (page.cursor === undefined) return undefined;
  try {
    return parseOrRefuse(key, JSON.parse(Buffer.from(page.cursor, 'base64url').toString('utf8')), 'cursor');
  } catch {
    throw refusedField('cursor', page.cursor, 'the nextCursor of an earlier answer');
  }
}

/** Cuts `rows`, of which one more than `limit` was asked for, to a page. */
export function pageOf<R, I>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => unknown,
  itemOf: (row: R) => I,
): { items: I[]; nextCursor: string | null } {
  const shownRows = rows.slice(0, limit);
  const last = shownRows.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shownRows.map(itemOf),
    nextCursor: more ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : null,
  };
}
