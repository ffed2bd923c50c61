import type { JudgedSnapshot } from '@breakwater/contract/retention';

export type Judgement = 'all' | 'kept' | 'removed';

/** More rows than this would make the page slow; the counts tell of all of them. */
export const MOST_JUDGED = 300;

export function judgements(snapshots: readonly Pick<JudgedSnapshot, 'keep'>[]): Record<Judgement, number> {
  const kept = snapshots.filter((one) => one.keep).length;
  return { all: snapshots.length, kept, removed: snapshots.length - kept };
}

/** The snapshots of one judgement in their order, as far as they are shown, and how many are not. */
export function shownOf<Judged extends Pick<JudgedSnapshot, 'keep'>>(
  snapshots: readonly Judged[],
  wanted: Judgement,
): { snapshots: readonly Judged[]; more: number } {
  const those = wanted === 'all' ? snapshots : snapshots.filter((one) => one.keep === (wanted === 'kept'));
  const shown = those.slice(0, MOST_JUDGED);
  return { snapshots: shown, more: those.length - shown.length };
}
