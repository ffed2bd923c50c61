import { applyRetention } from './retention.ts';
import type { RetentionPolicy } from './retention-policy.ts';

/** A snapshot that a dispatched run made, as the control center recorded it. */
export interface KnownSnapshot {
  readonly id: string;
  /** Epoch ms, by the control center's clock: what policies go by. */
  readonly recordedAt: number;
  /** Epoch ms and zone, by the source server's clock. */
  readonly madeAt: number;
  readonly offsetSeconds: number;
  /** Null where the run did not say. */
  readonly files: number | null;
  readonly bytes: number | null;
  /** The command whose output it is; null or absent: files. It only counts among those made of the same. */
  readonly madeOf?: string | null;
  /** Somebody has said that all is as it should be up to this snapshot. */
  readonly confirmed: boolean;
}

/** What is odd about a snapshot: such a one may be made to push good ones out. */
export type SnapshotDoubt =
  | { kind: 'future'; minutes: number }
  /** It has so many percent of what the ones before it had. */
  | { kind: 'tiny'; measure: 'bytes' | 'files'; percent: number };

export interface KnownVerdict {
  snapshot: KnownSnapshot;
  keep: boolean;
  /** Rules in restic's words; empty when it is kept for another reason, or not. */
  matches: string[];
  doubt: SnapshotDoubt | null;
}

/** Clocks may differ by this much. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;
/** Below this share of the median of what came before. */
export const TINY_SHARE = 0.1;
/** So many before it are looked at. */
const USUAL_OF = 10;

/**
 * Judges one task's snapshots, newest first: what each command gave, and the files, each for itself, so that a
 * command that fails for weeks does not lose its last snapshots to the others'. Those in doubt are kept and count for
 * no rule. Without a policy all are kept.
 */
export function judgeKnownSnapshots(
  snapshots: readonly KnownSnapshot[],
  policy: RetentionPolicy | null,
  now: number,
): KnownVerdict[] {
  const likes = Map.groupBy(snapshots, ({ madeOf }) => madeOf ?? null);
  if (likes.size <= 1) return judgeLike(snapshots, policy, now);
  return [...likes.values()]
    .flatMap((own) => judgeLike(own, policy, now))
    .sort(({ snapshot: a }, { snapshot: b }) => b.recordedAt - a.recordedAt || (a.id < b.id ? 1 : -1));
}

function judgeLike(
  snapshots: readonly KnownSnapshot[],
  policy: RetentionPolicy | null,
  now: number,
): KnownVerdict[] {
  const oldestFirst = snapshots.toSorted(
    (a, b) => a.recordedAt - b.recordedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const doubts = findDoubts(oldestFirst);
  const counted = oldestFirst.filter(({ id }) => !doubts.has(id));
  const matches = new Map<string, string[]>();
  if (policy !== null) {
    const judgeable = counted.map(({ id, recordedAt, offsetSeconds }) => ({
      id,
      time: { ns: BigInt(recordedAt) * 1_000_000n, offsetSeconds },
      tags: [],
    }));
    // One that is recorded at this very moment is not of the future.
    for (const verdict of applyRetention(judgeable, policy, now + 1)) {
      if (verdict.kept) matches.set(verdict.snapshot.id, verdict.matches);
    }
  }
  return oldestFirst.reverse().map((snapshot) => {
    const doubt = doubts.get(snapshot.id) ?? null;
    const why = matches.get(snapshot.id);
    const keep = policy === null || doubt !== null || why !== undefined;
    return { snapshot, keep, matches: why ?? [], doubt };
  });
}

function findDoubts(oldestFirst: readonly KnownSnapshot[]): Map<string, SnapshotDoubt> {
  const doubts = new Map<string, SnapshotDoubt>();
  const confirmedAt = oldestFirst.findLastIndex(({ confirmed }) => confirmed);
  const usual: KnownSnapshot[] = oldestFirst.slice(Math.max(0, confirmedAt), confirmedAt + 1);
  for (const snapshot of oldestFirst.slice(confirmedAt + 1)) {
    const doubt = doubtOf(snapshot, usual.slice(-USUAL_OF));
    if (doubt === null) usual.push(snapshot);
    else doubts.set(snapshot.id, doubt);
  }
  return doubts;
}

function doubtOf(snapshot: KnownSnapshot, before: readonly KnownSnapshot[]): SnapshotDoubt | null {
  const aheadMs = snapshot.madeAt - snapshot.recordedAt;
  if (aheadMs > FUTURE_TOLERANCE_MS) return { kind: 'future', minutes: Math.round(aheadMs / 60_000) };
  for (const measure of ['bytes', 'files'] as const) {
    const size = snapshot[measure];
    const usual = median(before.map((one) => one[measure]).filter((one) => one !== null));
    if (size === null || usual === null || size >= usual * TINY_SHARE) continue;
    return { kind: 'tiny', measure, percent: Math.floor((size / usual) * 100) };
  }
  return null;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
