'use client';

import { useTranslations } from 'use-intl';
import { Skeleton } from './skeleton.tsx';
import type { Column } from './table-columns.ts';

const ROWS = [0, 1, 2, 3, 4, 5];

/** A table that is on its way: the real heading, rows of the real height. */
export function TableSkeleton<Row>(props: { columns: readonly Column<Row>[]; cards: boolean }) {
  const t = useTranslations('common');
  return (
    <div className="overflow-x-hidden">
      <span role="status" className="sr-only">
        {t('loading')}
      </span>
      <table className="w-full border-collapse text-left" aria-hidden>
        {!props.cards && (
          <thead>
            <tr className="border-b border-line">
              {props.columns.map((column) => (
                <th
                  key={column.id}
                  className="h-9 px-3 text-xs font-medium whitespace-nowrap text-ink-muted first:pl-4 last:pr-4"
                >
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {ROWS.map((row) => (
            <tr key={row} className="h-9 border-b border-line last:border-b-0 max-sm:h-24">
              {(props.cards ? props.columns.slice(0, 1) : props.columns).map((column) => (
                <td key={column.id} className="px-3 first:pl-4 last:pr-4">
                  <Skeleton className="h-3.5 w-2/3 max-w-40" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
