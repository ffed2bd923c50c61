'use client';

import clsx from 'clsx';
import Link from 'next/link';
import type { DataTableProps } from './data-table.tsx';

/** The same rows for a phone: one card each, the first column as its title. */
export function TableCards<Row extends object>(props: DataTableProps<Row> & { shown: readonly Row[] }) {
  const { columns, shown, rowId, rowHref, label } = props;
  const [title, ...rest] = columns;
  const facts = rest.filter((column) => column.phone !== false && column.hidden !== true);
  return (
    <ul aria-label={label} className="divide-y divide-line">
      {shown.map((row) => (
        <li key={rowId(row)} className="relative px-4 py-3">
          <div className="font-medium">
            {rowHref === undefined ? (
              title?.cell(row)
            ) : (
              <Link href={rowHref(row)} className="after:absolute after:inset-0 after:content-['']">
                {title?.cell(row)}
              </Link>
            )}
          </div>
          <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-1.5">
            {facts.map((column) => (
              <div
                key={column.id}
                className={clsx(
                  'min-w-0',
                  column.phoneWide === true && 'col-span-2',
                  column.header === '' && 'relative z-1 col-span-2',
                )}
              >
                {column.header !== '' && <dt className="text-xs text-ink-faint">{column.header}</dt>}
                <dd className="min-w-0 break-words">{column.cell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
