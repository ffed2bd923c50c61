'use client';

import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  type RowSelectionState,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';
import { useLocale, useTranslations } from 'use-intl';
import { Button } from './button.tsx';
import { ErrorState } from './error-state.tsx';
import { type Column, compareValues, matchesFilter, matchesSearch, parseSort } from './table-columns.ts';
import { TableCards } from './table-cards.tsx';
import { TableGrid } from './table-grid.tsx';
import { TableSkeleton } from './table-skeleton.tsx';
import { TableToolbar } from './table-toolbar.tsx';
import { useColumnChoice } from './use-column-choice.ts';
import { useMedia } from './use-media.ts';
import { useUrlState } from './use-url-state.ts';

export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
});

export interface DataTableProps<Row extends object> {
  /** Stable name of this table: prefix of its parameters in the URL and key of the reader's column choice. */
  name: string;
  /** What the table holds, for those who do not see it. */
  label: string;
  /** Keep it stable (`useMemo`). The first column names the row. */
  columns: readonly Column<Row>[];
  /** undefined while it is being loaded. Keep it stable. */
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  /** Where a row leads; its first cell is then a link over the whole row. */
  rowHref?: (row: Row) => string;
  /** A row's name in words, for its check box. */
  rowName?: (row: Row) => string;
  sort?: { id: string; desc: boolean };
  error?: unknown;
  retry?: () => void;
  /** Shown instead of the table when there is nothing at all, not when a filter hides everything. */
  empty: ReactNode;
  /** Given, rows can be selected: the actions for those that are. */
  bulkActions?: (rows: Row[], clear: () => void) => ReactNode;
  /** Beside the search, left. */
  toolbar?: ReactNode;
  /** A server-paged list: `rows` are the pages so far. */
  more?: { has: boolean; loading: boolean; load: () => void };
  /** Where the server searches and filters, the table does not: it only keeps the URL (`<name>.q`, `<name>.<column>`). */
  serverSide?: boolean;
  /** Small tables inside of a page need no search. */
  bare?: boolean;
}

/**
 * A list as a table (cards on a phone): sort, search, filters and which columns, all in the URL or kept for the
 * reader; bulk selection; skeleton, empty and error states.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { name, columns, rows, rowId, bulkActions, serverSide = false, bare = false } = props;
  const t = useTranslations('common');
  const locale = useLocale();
  const url = useUrlState();
  const choice = useColumnChoice(name, columns);
  const phone = useMedia('(max-width: 639px)');
  const [selection, setSelection] = useState<RowSelectionState>({});

  const search = url.get(`${name}.q`) ?? '';
  const sortText = url.get(`${name}.sort`);
  const sort = parseSort(sortText, columns) ?? props.sort ?? null;
  const sortId = sort?.id;
  const sortDesc = sort?.desc === true;
  const sorting = useMemo<SortingState>(
    () => (sortId === undefined ? [] : [{ id: sortId, desc: sortDesc }]),
    [sortId, sortDesc],
  );

  const filters = columns.flatMap((column) => {
    const wanted = column.filter === undefined ? null : url.get(`${name}.${column.id}`);
    return wanted === null ? [] : [{ column, wanted }];
  });
  const filterKey = filters.map(({ column, wanted }) => `${column.id}=${wanted}`).join('&');

  // biome-ignore lint/correctness/useExhaustiveDependencies: `filterKey` stands for `filters`, which is new every time.
  const data = useMemo(() => {
    if (rows === undefined) return [];
    if (serverSide) return [...rows];
    return rows.filter(
      (row) =>
        matchesSearch(row, columns, search) &&
        filters.every(({ column, wanted }) => matchesFilter(row, column, wanted)),
    );
  }, [rows, columns, search, filterKey, serverSide]);

  const tableColumns = useMemo(() => {
    const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
    return columns.map((column) => ({
      id: column.id,
      header: column.header,
      accessorFn: (row: Row) => column.value?.(row) ?? null,
      enableSorting: column.value !== undefined && !serverSide,
      sortDescFirst: false,
      // The row model turns the result over for a descending sort; unknown values stay last only if we know the way.
      sortFn: (a: { original: Row }, b: { original: Row }) => {
        const desc = sorting[0]?.desc ?? false;
        const order = compareValues(
          column.value?.(a.original) ?? null,
          column.value?.(b.original) ?? null,
          desc,
          collator,
        );
        return desc ? -order : order;
      },
    }));
  }, [columns, locale, sorting, serverSide]);

  const table = useTable({
    features,
    columns: tableColumns,
    data,
    getRowId: (row: Row) => rowId(row),
    enableRowSelection: bulkActions !== undefined,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: { sorting, columnVisibility: choice.visibility, rowSelection: selection },
    onRowSelectionChange: setSelection,
    onSortingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(sorting) : updater;
      const first = next[0];
      url.set({
        [`${name}.sort`]: first === undefined ? null : `${first.id}.${first.desc ? 'desc' : 'asc'}`,
      });
    },
  });

  if (props.error !== undefined && props.error !== null && rows === undefined) {
    return <ErrorState error={props.error} {...(props.retry === undefined ? {} : { retry: props.retry })} />;
  }
  const filtered = search !== '' || filters.length > 0;
  if (rows !== undefined && rows.length === 0 && !(serverSide && filtered)) return <>{props.empty}</>;

  const shown = table.getRowModel().rows;
  // A row that is gone keeps its mark in the state; only those on the list count.
  const selected = shown.filter((row) => selection[row.id] === true).map((row) => row.original);
  const clearFilters = () =>
    url.set(
      Object.fromEntries([
        [`${name}.q`, null],
        ...filters.map(({ column }) => [`${name}.${column.id}`, null]),
      ]),
    );

  return (
    <div>
      {!bare && (
        <TableToolbar
          name={name}
          columns={columns}
          choice={choice}
          counts={
            rows === undefined
              ? null
              : { shown: data.length, all: rows.length, more: props.more?.has ?? false }
          }
          start={props.toolbar}
          selected={selected.length}
          bulk={selected.length > 0 ? bulkActions?.(selected, () => setSelection({})) : undefined}
          clearSelection={() => setSelection({})}
        />
      )}
      {rows === undefined ? (
        <TableSkeleton
          columns={columns.filter((column) => choice.visibility[column.id] === true)}
          cards={phone}
        />
      ) : shown.length === 0 ? (
        <div className="flex flex-col items-center gap-3 px-6 py-10 text-center text-ink-muted">
          <p>{t('table.noMatch')}</p>
          <Button onClick={clearFilters}>{t('action.clearFilters')}</Button>
        </div>
      ) : phone ? (
        <TableCards {...props} shown={shown.map((row) => row.original)} />
      ) : (
        <TableGrid {...props} table={table} selectable={bulkActions !== undefined} />
      )}
      {props.more?.has === true && (
        <div className="flex justify-center border-t border-line p-3">
          <Button busy={props.more.loading} onClick={props.more.load}>
            {t('action.loadMore')}
          </Button>
        </div>
      )}
    </div>
  );
}
