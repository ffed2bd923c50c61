import type { Placement, RankedNode } from '@breakwater/contract/placement';

/** Why a candidate stands where it does, as the message catalogue's key with its values. */
export type RankSentence =
  | { key: 'finishesFirst'; speed: number; toSend: number; seconds: number }
  | { key: 'finishesLater'; speed: number; toSend: number; seconds: number; laterBy: number }
  | { key: 'fastest'; speed: number }
  | { key: 'slower'; speed: number; times: number | null }
  | { key: 'pinned'; speed: number | null }
  | { key: 'refused'; refusal: KnownRefusal }
  /** A reason this version has no words for: shown as it came. */
  | { key: 'raw'; reason: string };

export const knownRefusals = {
  offline: 'offline',
  full: 'full',
  draining: 'draining',
  'over quota': 'overQuota',
  'speed unknown': 'speedUnknown',
  'no data comes through': 'noData',
  'another node is pinned': 'anotherPinned',
} as const;
export type KnownRefusal = (typeof knownRefusals)[keyof typeof knownRefusals];

export function rankSentence(candidate: RankedNode, placement: Placement): RankSentence {
  if (candidate.verdict === 'refused') {
    const refusal = Object.entries(knownRefusals).find(([words]) => words === candidate.reason)?.[1];
    return refusal === undefined ? { key: 'raw', reason: candidate.reason } : { key: 'refused', refusal };
  }
  const { bytesPerSecond: speed, bytesToSend: toSend, finishSeconds: seconds } = candidate;
  if (placement.strategy === 'pinned') return { key: 'pinned', speed };
  if (speed === null) return { key: 'raw', reason: candidate.reason };
  const first = placement.ranking.find((one) => one.verdict === 'chosen');
  const compared =
    placement.strategy === 'finish-first' &&
    placement.ranking.every((one) => one.verdict === 'refused' || one.finishSeconds !== null);
  if (compared && toSend !== null && seconds !== null) {
    if (candidate.verdict === 'chosen') return { key: 'finishesFirst', speed, toSend, seconds };
    return {
      key: 'finishesLater',
      speed,
      toSend,
      seconds,
      laterBy: Math.max(0, seconds - (first?.finishSeconds ?? seconds)),
    };
  }
  if (candidate.verdict === 'chosen') return { key: 'fastest', speed };
  const best = first?.bytesPerSecond ?? null;
  return { key: 'slower', speed, times: best === null || speed <= 0 ? null : best / speed };
}
