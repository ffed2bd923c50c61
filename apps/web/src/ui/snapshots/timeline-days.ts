import type { Snapshot } from '@breakwater/contract/resources';
import { dayOf } from '../runs/runs-query.ts';

/** Snapshots of one day in the reader's time zone, newest first. */
export interface TimelineDay {
  /** `2026-11-22`, in that zone. */
  date: string;
  snapshots: readonly Snapshot[];
}

export function timelineDays(snapshots: readonly Snapshot[], timeZone: string): TimelineDay[] {
  const newestFirst = [...snapshots].sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
  const days: { date: string; snapshots: Snapshot[] }[] = [];
  for (const snapshot of newestFirst) {
    const date = dayOf(snapshot.time, timeZone);
    const last = days.at(-1);
    if (last?.date === date) last.snapshots.push(snapshot);
    else days.push({ date, snapshots: [snapshot] });
  }
  return days;
}

/** Where its files can be read now: the nodes that hold it and are online. */
export function readableFrom(snapshot: Snapshot): string[] {
  return snapshot.copies.filter((copy) => copy.online).map((copy) => copy.nodeName);
}
