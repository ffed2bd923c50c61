/** How much unused data may stay. */
export type MaxUnused =
  | { kind: 'unlimited' }
  | { kind: 'bytes'; bytes: number }
  /** Of the whole repository after the prune; 0 ≤ percent < 100. */
  | { kind: 'percent'; percent: number };

export interface PruneOptions {
  /** 5 % by default. */
  maxUnused: MaxUnused;
  /** Repack no more than this in all; null for no limit. */
  maxRepackBytes: number | null;
  /**
   * Packs below this are small: ten or more of them are joined. Null: 80 % of the third percentile of all packs, at
   * least 80 % of 4 MiB.
   */
  smallPackBytes: number | null;
  /** Repack only packs with trees in them. */
  repackCacheableOnly: boolean;
  /** Repack whatever is not compressed yet, used or not. */
  repackUncompressed: boolean;
}

export const DEFAULT_PRUNE_OPTIONS: PruneOptions = {
  maxUnused: { kind: 'percent', percent: 5 },
  maxRepackBytes: null,
  smallPackBytes: null,
  repackCacheableOnly: false,
  repackUncompressed: false,
};

/** restic's default size of packs, bytes. */
export const DEFAULT_PACK_BYTES = 16 * 1024 * 1024;

/** `--repack-small`: whatever has less than 80 % of a pack's size, in restic's integer arithmetic. */
export function smallPackBytesFor(packBytes: number): number {
  return Math.floor(packBytes / 5) * 4;
}

/** Bytes of unused data that may stay beside `usedBytes` of used. */
export function allowedUnusedBytes(maxUnused: MaxUnused, usedBytes: number): number {
  switch (maxUnused.kind) {
    case 'unlimited':
      return Number.POSITIVE_INFINITY;
    case 'bytes':
      return maxUnused.bytes;
    case 'percent':
      return Math.floor((maxUnused.percent / (100 - maxUnused.percent)) * usedBytes);
  }
}
