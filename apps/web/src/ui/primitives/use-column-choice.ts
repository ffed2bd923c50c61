'use client';

import { useMemo } from 'react';
import { useSession } from '../api/use-session.ts';
import type { Column } from './table-columns.ts';
import { useKeptChoice } from './use-kept-choice.ts';

/** Which columns a reader wants to see in the table `name`, kept for each user of this browser. */
export function useColumnChoice<Row>(name: string, columns: readonly Column<Row>[]) {
  const user = useSession();
  const [kept, keep] = useKeptChoice(`breakwater.columns.${name}.${user.id}`);

  return useMemo(() => {
    const chosen = kept === null ? null : new Set(kept.split(','));
    const shown = (column: Column<Row>, index: number) =>
      index === 0 || (chosen === null ? column.hidden !== true : chosen.has(column.id));
    const visibility: Record<string, boolean> = {};
    columns.forEach((column, index) => {
      visibility[column.id] = shown(column, index);
    });
    return {
      visibility,
      isDefault: chosen === null,
      toggle: (id: string) =>
        keep(
          columns
            .filter((column, index) => (column.id === id ? visibility[id] !== true : shown(column, index)))
            .map((column) => column.id)
            .join(','),
        ),
      reset: () => keep(null),
    };
  }, [kept, keep, columns]);
}
