import { type Because, rankReason } from './placement-words.ts';
import { clearAfter, type NodeLoad, type Prediction, predictFinish } from './predict-finish.ts';

/** Where a backup goes: ranks storage nodes by when they would finish. */
export type Strategy = 'finish-first' | 'fastest' | 'pinned';

export interface Candidate {
  nodeId: string;
  nodeName: string;
  /** SMA; null when never measured. */
  bytesPerSecond: number | null;
  /** What this node's copy still lacks; null when unknown. */
  bytesToSend: number | null;
  freeBytes: number | null;
  /** What a quota still leaves; null or absent where there is none. */
  quotaLeftBytes?: number | null;
  /** Absent when nothing is known of it: as if the node served nobody else. */
  load?: NodeLoad;
  /** From the control center: `offline`, `draining`, …; null when it may be used. */
  refusal: string | null;
}

export interface Ranked {
  nodeId: string;
  nodeName: string;
  bytesPerSecond: number | null;
  bytesToSend: number | null;
  finishSeconds: number | null;
  /** What is left of the speed where others share the link. */
  expectedBytesPerSecond: number | null;
  /** Others that share the link. */
  transfers: number;
  verdict: 'chosen' | 'eligible' | 'refused';
  /** Null for a refused one. */
  because: Because | null;
  reason: string;
}

export interface RankOptions {
  strategy: Strategy;
  pinnedNodeId: string | null;
  /** Where the task's last backup went. */
  usualNodeId?: string | null;
  /** How much sooner another node has to be done before the usual one is left; a part of 1. */
  margin?: number;
}

export type PlacementDecision =
  | { ok: true; chosen: { nodeId: string; nodeName: string }; strategy: Strategy; ranking: Ranked[] }
  | { ok: false; reason: string; ranking: Ranked[] };

export const DEFAULT_MARGIN = 0.1;
const NEARLY_AS_SOON = 1.5;

interface Judged extends Prediction {
  candidate: Candidate;
  refusal: string | null;
  /** The speed that counts, bytes a second; null when never measured. */
  speed: number | null;
}

/**
 * Ranks the candidates, best first, refused ones last. `finish-first`: least predicted finish, where an unknown
 * bytesToSend counts as equal for all, which makes it the patent's rule (fastest first) by what is left of each
 * link; the usual node stays first unless another is sooner by the margin, and of nearly equal ones the one with
 * the least waiting for its link. `fastest`: highest SMA, whatever else the
 * node does. `pinned`: that node or none. Ties go to the higher speed, then to the name.
 */
export function rankNodes(candidates: readonly Candidate[], options: RankOptions): PlacementDecision {
  const someMeasured = candidates.some(
    (c) => c.bytesPerSecond !== null && refusalOf(c, options, true) === null,
  );
  const judged = candidates.map((candidate): Judged => {
    const prediction = predictFinish(candidate, options.strategy === 'fastest' ? undefined : candidate.load);
    const refusal = refusalOf(candidate, options, someMeasured);
    const speed =
      options.strategy === 'finish-first' ? prediction.expectedBytesPerSecond : candidate.bytesPerSecond;
    return { candidate, refusal, speed, ...prediction };
  });
  // When not every candidate's lack is known, they cannot be compared by it: treat all alike.
  const byFinish =
    options.strategy === 'finish-first' &&
    judged.every((one) => one.refusal !== null || one.candidate.bytesToSend !== null);
  judged.sort((a, b) => compare(a, b, byFinish));
  const wasSpread = byFinish && spread(judged, options.usualNodeId ?? null);
  const usualKept = options.strategy === 'finish-first' && keepUsual(judged, options, byFinish);
  const best = judged[0];
  const ranking = judged.map((one, place): Ranked => {
    const { candidate, refusal } = one;
    const because =
      refusal !== null || best === undefined
        ? null
        : place === 0
          ? whyChosen(one, options.strategy, byFinish, { usualKept, wasSpread })
          : whyNot(one, best, options.strategy, byFinish, usualKept);
    const { nodeId, nodeName, bytesPerSecond, bytesToSend } = candidate;
    const figures = {
      ...{ nodeId, nodeName, bytesPerSecond, bytesToSend },
      finishSeconds: one.finishSeconds,
      expectedBytesPerSecond: one.expectedBytesPerSecond,
      transfers: candidate.load?.transfers ?? 0,
    };
    const verdict = refusal !== null ? 'refused' : place === 0 ? 'chosen' : 'eligible';
    return { ...figures, verdict, because, reason: refusal ?? rankReason({ ...figures, because }) };
  });
  if (best === undefined) return { ok: false, reason: 'no storage node is enrolled', ranking };
  if (best.refusal !== null) {
    const words = ranking.map((one) => `${one.nodeName}: ${one.reason}`).join('; ');
    return { ok: false, reason: `no storage node can take this backup (${words})`, ranking };
  }
  const { nodeId, nodeName } = best.candidate;
  return { ok: true, chosen: { nodeId, nodeName }, strategy: options.strategy, ranking };
}

function refusalOf(c: Candidate, options: RankOptions, someMeasured: boolean): string | null {
  if (c.refusal !== null) return c.refusal;
  if (options.strategy === 'pinned' && c.nodeId !== options.pinnedNodeId) return 'another node is pinned';
  const needed = c.bytesToSend ?? 1;
  if (c.freeBytes !== null && c.freeBytes < needed) return 'full';
  if (c.quotaLeftBytes != null && c.quotaLeftBytes < needed) return 'over quota';
  if (c.freeBytes !== null && c.freeBytes - (c.load?.bytesPromised ?? 0) < needed)
    return 'room promised to others';
  // Who pins a node takes it at whatever speed it has; and nobody waits for a measurement where there is none.
  if (options.strategy === 'pinned') return null;
  if (c.bytesPerSecond === null) return someMeasured ? 'speed unknown' : null;
  if (c.bytesPerSecond <= 0) return 'no data comes through';
  return null;
}

function compare(a: Judged, b: Judged, byFinish: boolean): number {
  if ((a.refusal === null) !== (b.refusal === null)) return a.refusal === null ? -1 : 1;
  if (byFinish) {
    const sooner =
      (a.finishSeconds ?? Number.POSITIVE_INFINITY) - (b.finishSeconds ?? Number.POSITIVE_INFINITY);
    if (sooner !== 0 && !Number.isNaN(sooner)) return sooner;
  }
  const faster = (b.speed ?? -1) - (a.speed ?? -1);
  if (faster !== 0) return faster;
  // Unmeasured ones: where there is least else to do.
  const freer = (a.candidate.load?.transfers ?? 0) - (b.candidate.load?.transfers ?? 0);
  return freer !== 0 ? freer : compareText(a.candidate.nodeName, b.candidate.nodeName);
}

/**
 * Where others share the links: of nodes that would be done within half as much again as the soonest and lack no more
 * than it, moves the one to the front whose link is clear first; says whether that was another. So those that come
 * next, and those that are there, are not held up for the sake of a little.
 */
function spread(judged: Judged[], usualNodeId: string | null): boolean {
  const soonest = judged[0];
  if (soonest === undefined || soonest.candidate.nodeId === usualNodeId) return false;
  const limits = { seconds: soonest.finishSeconds ?? 0, bytes: soonest.candidate.bytesToSend ?? 0 };
  let chosen = { at: 0, clear: Number.POSITIVE_INFINITY };
  for (const [at, { refusal, finishSeconds, candidate }] of judged.entries()) {
    const { bytesPerSecond, bytesToSend, load } = candidate;
    if (refusal !== null || finishSeconds === null || bytesPerSecond === null || bytesToSend === null)
      continue;
    if (finishSeconds > limits.seconds * NEARLY_AS_SOON || bytesToSend > limits.bytes) continue;
    const clear = clearAfter({ bytesPerSecond, bytesToSend }, load);
    if (clear < chosen.clear) chosen = { at, clear };
  }
  if (chosen.at === 0) return false;
  judged.unshift(...judged.splice(chosen.at, 1));
  return true;
}

/** Moves the usual node to the front unless the best is sooner by the margin; says whether it did. */
function keepUsual(judged: Judged[], { usualNodeId, margin }: RankOptions, byFinish: boolean): boolean {
  const at = judged.findIndex((one) => one.candidate.nodeId === usualNodeId && one.refusal === null);
  const [best, usual] = [judged[0], judged[at]];
  if (at <= 0 || best === undefined || usual === undefined) return false;
  const left = 1 - (margin ?? DEFAULT_MARGIN);
  const stays = byFinish
    ? usual.finishSeconds !== null && (best.finishSeconds ?? 0) > usual.finishSeconds * left
    : usual.speed !== null && usual.speed > (best.speed ?? 0) * left;
  if (!stays) return false;
  judged.splice(at, 1);
  judged.unshift(usual);
  return true;
}

function whyChosen(
  one: Judged,
  strategy: Strategy,
  byFinish: boolean,
  { usualKept, wasSpread }: { usualKept: boolean; wasSpread: boolean },
): Because {
  if (strategy === 'pinned') return 'pinned';
  if (one.candidate.bytesPerSecond === null) return 'unmeasured';
  if (usualKept) return 'usual';
  if (wasSpread) return 'least-crowded';
  return byFinish ? 'finishes-first' : 'fastest';
}

function whyNot(
  one: Judged,
  best: Judged,
  strategy: Strategy,
  byFinish: boolean,
  usualKept: boolean,
): Because {
  const { candidate } = one;
  if (candidate.bytesPerSecond === null) return 'unmeasured';
  const before = byFinish
    ? (one.finishSeconds ?? Number.POSITIVE_INFINITY) < (best.finishSeconds ?? 0)
    : (one.speed ?? 0) > (best.speed ?? 0);
  if (before) return usualKept ? 'within-margin' : 'crowded';
  const isFaster = candidate.bytesPerSecond > (best.candidate.bytesPerSecond ?? 0);
  if (isFaster && byFinish && (candidate.bytesToSend ?? 0) > (best.candidate.bytesToSend ?? 0))
    return 'lacks-more';
  if (isFaster && strategy === 'finish-first' && (candidate.load?.transfers ?? 0) > 0) return 'shared';
  return byFinish ? 'finishes-later' : 'slower';
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
