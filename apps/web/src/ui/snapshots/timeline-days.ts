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

/**
 * Whether its files can be read now: a node that holds it is online. `nodes` is fresher than what the snapshot says
 * of them; a node that is not in it any more counts as the snapshot says.
 */
export function isReadable(snapshot: Snapshot, nodes: readonly { id: string; online: boolean }[]): boolean {
  return snapshot.copies.some((copy) => nodes.find((node) => node.id === copy.nodeId)?.online ?? copy.online);
}
