import { type Candidate, type RankOptions, rankNodes } from './placement.ts';
import type { NodeLoad } from './predict-finish.ts';

/** A backup that was sent out and is expected on this node, or is there. */
export interface Reservation {
  nodeId: string;
  /** What it has still to send; null when unknown. */
  bytes: number | null;
}

/** What a node says of itself, and what others measured of it. */
export interface NodeReport {
  /** Transfers that the node has in flight, those of reserved backups included. */
  transfersInFlight: number;
  linkBytesPerSecond: number | null;
}

/** What shares a node's link with one more backup of `bytesToSend` bytes (null: unknown). */
export function nodeLoad(
  nodeId: string,
  bytesToSend: number | null,
  reservations: readonly Reservation[],
  report: NodeReport,
): NodeLoad {
  const here = reservations.filter((one) => one.nodeId === nodeId);
  // A backup between two packs is not in flight; a restore or a replication has no reservation.
  const unannounced = Math.max(0, report.transfersInFlight - here.length);
  return {
    transfers: here.length + unannounced,
    // Equal shares: of each other, as much goes before this one is done as this one sends, or all that it has.
    bytesAhead:
      bytesToSend === null
        ? null
        : here.reduce((sum, one) => sum + Math.min(one.bytes ?? bytesToSend, bytesToSend), 0) +
          unannounced * bytesToSend,
    bytesPromised: here.reduce((sum, one) => sum + (one.bytes ?? 0), 0),
    linkBytesPerSecond: report.linkBytesPerSecond,
  };
}

/** Where a backup that goes out now is expected, by the ranking that its agent will make; null for nowhere. */
export function reserve(candidates: readonly Candidate[], options: RankOptions): Reservation | null {
  const decision = rankNodes(candidates, options);
  if (!decision.ok) return null;
  const { nodeId } = decision.chosen;
  const bytes = candidates.find((one) => one.nodeId === nodeId)?.bytesToSend ?? null;
  return { nodeId, bytes };
}
