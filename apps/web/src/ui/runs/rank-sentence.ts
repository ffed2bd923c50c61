import type { Placement, RankedNode } from '@breakwater/contract/placement';
import { DEFAULT_MARGIN } from '@breakwater/domain/placement';

/** Why a candidate stands where it does, as the message catalogue's key with its values. */
export type RankSentence =
  | { key: 'finishesFirst'; speed: number; toSend: number; seconds: number }
  | { key: 'finishesLater'; speed: number; toSend: number; seconds: number; laterBy: number }
  | { key: 'fastest'; speed: number }
  | { key: 'slower'; speed: number; times: number | null }
  | { key: 'usual'; margin: number }
  | { key: 'lacksMore'; speed: number; toSend: number }
  | { key: 'shared'; speed: number; transfers: number }
  | { key: 'withinMargin'; margin: number }
  | { key: 'unmeasured' | 'leastCrowded' | 'crowded' }
  | { key: 'pinned'; speed: number | null }
  | { key: 'unhealthy'; reason: string }
  | { key: 'refused'; refusal: KnownRefusal }
  /** A reason this version has no words for: shown as it came. */
  | { key: 'raw'; reason: string };

export const knownRefusals = {
  offline: 'offline',
  full: 'full',
  draining: 'draining',
  'over quota': 'overQuota',
  'room promised to others': 'roomPromised',
  unhealthy: 'notWell',
  'speed unknown': 'speedUnknown',
  'no data comes through': 'noData',
  'another node is pinned': 'anotherPinned',
} as const;
export type KnownRefusal = (typeof knownRefusals)[keyof typeof knownRefusals];

export function rankSentence(candidate: RankedNode, placement: Placement): RankSentence {
  if (candidate.verdict === 'refused') {
    const refusal = Object.entries(knownRefusals).find(([words]) => words === candidate.reason)?.[1];
    if (refusal !== undefined) return { key: 'refused', refusal };
    const health = /^unhealthy: (.*)$/s.exec(candidate.reason)?.[1];
    return health === undefined
      ? { key: 'raw', reason: candidate.reason }
      : { key: 'unhealthy', reason: health };
  }
  const told = decided(candidate, placement.margin ?? DEFAULT_MARGIN);
  if (told !== null) return told;
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

/** What the ranking itself says of the less ordinary; null where the figures say it all. */
function decided(candidate: RankedNode, margin: number): RankSentence | null {
  const { because, bytesPerSecond: speed, bytesToSend: toSend, transfers = 0 } = candidate;
  if (because === 'usual') return { key: 'usual', margin };
  if (because === 'within-margin') return { key: 'withinMargin', margin };
  if (because === 'unmeasured') return { key: 'unmeasured' };
  if (because === 'least-crowded') return { key: 'leastCrowded' };
  if (because === 'crowded') return { key: 'crowded' };
  if (because === 'lacks-more' && speed !== null && toSend !== null)
    return { key: 'lacksMore', speed, toSend };
  if (because === 'shared' && speed !== null) return { key: 'shared', speed, transfers };
  return null;
}
