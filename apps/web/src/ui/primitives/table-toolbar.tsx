'use client';

import { Popover } from '@base-ui/react/popover';
import { Columns3, Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Button, IconButton } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { FilterSelect } from './filter-select.tsx';
import { Input } from './input.tsx';
import { floatingListClass } from './menu.tsx';
import type { Column } from './table-columns.ts';
import type { useColumnChoice } from './use-column-choice.ts';
import { useUrlState } from './use-url-state.ts';

/** Search, filters and column choice of a table; while rows are selected, what can be done with them. */
export function TableToolbar<Row>(props: {
  name: string;
  columns: readonly Column<Row>[];
  choice: ReturnType<typeof useColumnChoice<Row>>;
  counts: { shown: number; all: number; more: boolean } | null;
  start?: ReactNode;
  selected: number;
  bulk: ReactNode;
  clearSelection: () => void;
}) {
  const { name, columns, counts } = props;
  const t = useTranslations('common');
  const url = useUrlState();
  const search = url.get(`${name}.q`) ?? '';

  if (props.selected > 0) {
    return (
      <div className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line bg-selected px-4 py-2">
        <span role="status" className="mr-2 font-medium">
          {t('table.selected', { count: props.selected })}
        </span>
        {props.bulk}
        <span className="flex-1" />
        <Button tone="quiet" icon={X} size="sm" onClick={props.clearSelection}>
          {t('table.clearSelection')}
        </Button>
      </div>
    );
  }
  return (
    <search className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      {props.start}
      <div className="relative w-56 max-sm:w-full">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-faint"
        />
        <Input
          type="search"
          aria-label={t('table.search')}
          placeholder={t('table.search')}
          value={search}
          onChange={(event) => url.set({ [`${name}.q`]: event.currentTarget.value })}
          className="pl-8"
        />
      </div>
      {columns.map((column) =>
        column.filter === undefined ? null : (
          <FilterSelect
            key={column.id}
            name={column.header}
            value={url.get(`${name}.${column.id}`)}
            onChange={(value) => url.set({ [`${name}.${column.id}`]: value })}
            options={column.filter}
          />
        ),
      )}
      <span className="flex-1" />
      {counts !== null && (
        <span role="status" className="text-sm text-ink-faint">
          {counts.shown === counts.all
            ? t('table.rows', { count: counts.all })
            : t('table.rowsOf', { shown: String(counts.shown), count: counts.all })}
        </span>
      )}
      <Popover.Root>
        <Popover.Trigger
          render={<IconButton icon={Columns3} label={t('table.columns')} className="max-sm:hidden" />}
        />
        <Popover.Portal>
          <Popover.Positioner sideOffset={4} align="end" className="z-60">
            <Popover.Popup className={floatingListClass}>
              <Popover.Title className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-faint">
                {t('table.columnsTitle')}
              </Popover.Title>
              <div className="flex flex-col gap-2 px-2 py-1.5">
                {columns.slice(1).map((column) =>
                  column.header === '' ? null : (
                    <Checkbox
                      key={column.id}
                      checked={props.choice.visibility[column.id] === true}
                      onChange={() => props.choice.toggle(column.id)}
                    >
                      {column.header}
                    </Checkbox>
                  ),
                )}
              </div>
              {!props.choice.isDefault && (
                <Button tone="quiet" size="sm" className="mt-1 w-full" onClick={props.choice.reset}>
                  {t('table.resetColumns')}
                </Button>
              )}
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </search>
  );
}
