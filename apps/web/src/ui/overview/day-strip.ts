import type { OverviewServer } from './hero-sentence.ts';

export type Day = OverviewServer['days'][number];
export const dayStates = ['ok', 'partial', 'failed', 'missed', 'none'] as const;

/** How many of the days were what, worst first, days with nothing planned left out. */
export function daySummary(days: readonly Day[]): { state: Exclude<Day['state'], 'none'>; count: number }[] {
  return (['failed', 'missed', 'partial', 'ok'] as const)
    .map((state) => ({ state, count: days.filter((day) => day.state === state).length }))
    .filter(({ count }) => count > 0);
}

/** Which cell the arrow keys lead to; null for keys that move nothing. */
export function nextCell(current: number, key: string, cells: number): number | null {
  if (key === 'ArrowLeft') return Math.max(0, current - 1);
  if (key === 'ArrowRight') return Math.min(cells - 1, current + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return cells - 1;
  return null;
}
