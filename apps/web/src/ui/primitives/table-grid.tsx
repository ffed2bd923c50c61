'use client';

import type { ReactTable } from '@tanstack/react-table';
import clsx from 'clsx';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { Checkbox } from './checkbox.tsx';
import type { DataTableProps, features } from './data-table.tsx';

/** The table itself, rows of 36 px. What is wider than its place scrolls within it. */
export function TableGrid<Row extends object>(
  props: DataTableProps<Row> & { table: ReactTable<typeof features, Row>; selectable: boolean },
) {
  const { table, columns, selectable, rowHref, rowName } = props;
  const t = useTranslations('common.table');
  const columnOf = new Map(columns.map((column) => [column.id, column]));
  const headers = table.getHeaderGroups()[0]?.headers ?? [];

  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-left" aria-label={props.label}>
        <thead>
          <tr className="border-b border-line">
            {selectable && (
              <th className="w-10 pl-4">
                <Checkbox
                  label={t('selectAll')}
                  checked={table.getIsAllRowsSelected()}
                  indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                  onChange={(checked) => table.toggleAllRowsSelected(checked)}
                />
              </th>
            )}
            {headers.map((header) => {
              const column = columnOf.get(header.column.id);
              const sorted = header.column.getIsSorted();
              const end = column?.align === 'end';
              return (
                <th
                  key={header.id}
                  scope="col"
                  style={column?.width === undefined ? undefined : { width: column.width }}
                  aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  className={clsx(
                    'h-9 px-3 text-xs font-medium whitespace-nowrap text-ink-muted first:pl-4 last:pr-4',
                    end && 'text-right',
                  )}
                >
                  {header.column.getCanSort() ? (
                    <button
                      type="button"
                      onClick={header.column.getToggleSortingHandler()}
                      className={clsx(
                        'group -mx-1.5 inline-flex h-7 items-center gap-1 rounded-sm px-1.5 hover:text-ink',
                        end && 'flex-row-reverse',
                        sorted !== false && 'text-ink',
                      )}
                    >
                      {column?.header}
                      {sorted === 'asc' ? (
                        <ArrowUp aria-hidden className="size-3.5" />
                      ) : sorted === 'desc' ? (
                        <ArrowDown aria-hidden className="size-3.5" />
                      ) : (
                        <ChevronsUpDown
                          aria-hidden
                          className="size-3.5 opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60"
                        />
                      )}
                    </button>
                  ) : column?.header === '' ? (
                    <span className="sr-only">{t('actions')}</span>
                  ) : (
                    column?.header
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              className={clsx(
                'relative h-9 border-b border-line last:border-b-0 hover:bg-hover',
                row.getIsSelected() && 'bg-selected hover:bg-selected',
              )}
            >
              {selectable && (
                <td className="relative z-1 pl-4">
                  <Checkbox
                    label={t('selectRow', { name: rowName?.(row.original) ?? row.id })}
                    checked={row.getIsSelected()}
                    onChange={(checked) => row.toggleSelected(checked)}
                  />
                </td>
              )}
              {row.getVisibleCells().map((cell, index) => {
                const column = columnOf.get(cell.column.id);
                const content = column?.cell(row.original);
                return (
                  <td
                    key={cell.id}
                    className={clsx(
                      'px-3 py-1 first:pl-4 last:pr-4',
                      column?.align === 'end' && 'text-right tabular-nums',
                    )}
                  >
                    {index === 0 && rowHref !== undefined ? (
                      <Link
                        href={rowHref(row.original)}
                        className="font-medium after:absolute after:inset-0 after:content-[''] hover:text-accent focus-visible:outline-offset-4"
                      >
                        {content}
                      </Link>
                    ) : (
                      content
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Around what can be clicked inside of a row that is itself a link: it stays above the row's own target. */
export const aboveRowClass = 'relative z-1';
