/** The agent may say it happened at most this long before its report reached us: the age of an outbox. */
const OLDEST_MS = 30 * 86_400_000;

/**
 * When something happened by our clock, from what the agent's clock said: corrected by what is known of its offset,
 * never in the future, and not before `notBefore`.
 */
export function trueTime(saidAt: number, clockOffsetMs: number | null, notBefore: number, now: number): Date {
  const corrected = saidAt - (clockOffsetMs ?? 0);
  return new Date(Math.min(now, Math.max(corrected, notBefore, now - OLDEST_MS)));
}
