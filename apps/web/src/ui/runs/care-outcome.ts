import type { RunStats } from '@breakwater/contract/run';
import type { CareKind } from './care-kinds.ts';

/** What a check, forget or prune that went well has come to. */
export type CareOutcome =
  | { kind: 'sound' }
  /** Sound, and so many bytes of it were read. */
  | { kind: 'read'; bytes: number }
  | { kind: 'forgotten'; count: number }
  | { kind: 'nothingToFree' }
  | { kind: 'freed'; bytes: number; packs: number };

/** null while its figures are not known. */
export function careOutcome(kind: CareKind, stats: RunStats): CareOutcome | null {
  switch (kind) {
    case 'check':
      if (stats.bytesProcessed === undefined) return null;
      return stats.bytesProcessed === 0 ? { kind: 'sound' } : { kind: 'read', bytes: stats.bytesProcessed };
    case 'forget':
      return stats.snapshotsForgotten === undefined
        ? null
        : { kind: 'forgotten', count: stats.snapshotsForgotten };
    case 'prune': {
      const { bytesFreed, packsRemoved } = stats;
      if (bytesFreed === undefined || packsRemoved === undefined) return null;
      return bytesFreed === 0 && packsRemoved === 0
        ? { kind: 'nothingToFree' }
        : { kind: 'freed', bytes: bytesFreed, packs: packsRemoved };
    }
  }
}
