/** So long a prune or forget waits for a moment in which nothing else uses the repository, ms. */
export const CARE_PATIENCE_MS = 30 * 60_000;
/** No run is held back for longer, ms: a backup that is late is worse than space that is not free yet. */
export const LONGEST_HOLD_MS = 60 * 60_000;

export interface WaitingCare {
  readonly askedAt: number;
  /** It waits for what goes on in the repository, and not for an agent or a node. */
  readonly forOthers: boolean;
}

export interface Newcomer {
  readonly kind: string;
  readonly askedAt: number;
  /** A person waits for it. */
  readonly byHand: boolean;
}

export type Precedence = { goes: 'now' } | { goes: 'after care'; until: number };

/**
 * Whether a run that is about to go out has to let a prune or forget of its repository go first. Where backups
 * overlap all day, the repository is never free by itself: then, after a while, what is new is held back until what
 * is in hand has ended and the care has had its turn. Restores and what a person asks for by hand are never held.
 * Times in epoch milliseconds.
 */
export function judgePrecedence(run: Newcomer, care: readonly WaitingCare[], now: number): Precedence {
  if (run.kind === 'restore' || run.kind === 'prune' || run.kind === 'forget' || run.byHand)
    return { goes: 'now' };
  const until = run.askedAt + LONGEST_HOLD_MS;
  const patient = care.every(({ askedAt, forOthers }) => !forOthers || now < askedAt + CARE_PATIENCE_MS);
  return patient || now >= until ? { goes: 'now' } : { goes: 'after care', until };
}
