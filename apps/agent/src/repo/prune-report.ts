import type { PruneStats } from '@breakwater/restic-format/prune-plan';
import { formatBytes } from './format-quantity.ts';
import type { JsonRecord } from './repo-output.ts';

/** The plan's figures as restic 0.18 prints them with `--json`. */
export function pruneRecord({ blobs, bytes, packs }: PruneStats): JsonRecord {
  return {
    message_type: 'summary',
    blobs: {
      used: blobs.used,
      duplicate: blobs.duplicate,
      unused: blobs.unused,
      total: blobs.total,
      repack: blobs.repack,
      repack_remove: blobs.repackRemove,
      remove: blobs.remove,
      remove_total: blobs.removeTotal,
      remaining: blobs.remaining,
    },
    bytes: {
      used: bytes.used,
      duplicate: bytes.duplicate,
      unused: bytes.unused,
      unreferenced: bytes.unreferenced,
      uncompressed: bytes.uncompressed,
      total: bytes.total,
      repack: bytes.repack,
      repack_remove: bytes.repackRemove,
      remove: bytes.remove,
      remove_total: bytes.removeTotal,
      remaining: bytes.remaining,
      remaining_unused: bytes.remainingUnused,
    },
    packfiles: {
      used: packs.used,
      unused: packs.unused,
      partly_used: packs.partlyUsed,
      unreferenced: packs.unreferenced,
      total: packs.total,
      keep: packs.keep,
      repack: packs.repack,
      remove: packs.remove,
      remove_total: packs.removeTotal,
    },
  };
}

/** The same for people. */
export function pruneText({ blobs, bytes, packs }: PruneStats, dryRun: boolean): string {
  const line = (what: string, count: number, size: number): string =>
    `${`${what}:`.padEnd(15)} ${String(count).padStart(10)} blobs / ${formatBytes(size)}`;
  const lines = [
    line('used', blobs.used, bytes.used),
    ...(blobs.duplicate > 0 ? [line('duplicates', blobs.duplicate, bytes.duplicate)] : []),
    line('unused', blobs.unused, bytes.unused),
    ...(packs.unreferenced > 0
      ? [
          `unreferenced:   ${String(packs.unreferenced).padStart(10)} packs / ${formatBytes(bytes.unreferenced)}`,
        ]
      : []),
    line('total', blobs.total, bytes.total),
    '',
    line(dryRun ? 'would repack' : 'to repack', blobs.repack, bytes.repack),
    line('this removes', blobs.repackRemove, bytes.repackRemove),
    line(dryRun ? 'would delete' : 'to delete', blobs.remove, bytes.remove + bytes.unreferenced),
    line('total prune', blobs.removeTotal, bytes.removeTotal),
    ...(bytes.uncompressed > 0 ? [`not yet compressed: ${formatBytes(bytes.uncompressed)}`] : []),
    line('remaining', blobs.remaining, bytes.remaining),
    `unused size after prune: ${formatBytes(bytes.remainingUnused)}${share(bytes.remainingUnused, bytes.remaining)}`,
    '',
    `packs: ${packs.keep} kept, ${packs.repack} to repack, ${packs.removeTotal} to delete`,
  ];
  return lines.join('\n');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : ` (${((part / whole) * 100).toFixed(2)} % of what remains)`;
}
