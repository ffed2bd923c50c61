import type { RunKind } from '@breakwater/contract/run';
import {
  ArchiveRestore,
  Copy,
  DatabaseBackup,
  Eraser,
  type LucideIcon,
  Scissors,
  ShieldCheck,
  TestTubeDiagonal,
} from 'lucide-react';

const icons: Record<RunKind, LucideIcon> = {
  backup: DatabaseBackup,
  restore: ArchiveRestore,
  check: ShieldCheck,
  forget: Eraser,
  prune: Scissors,
  replicate: Copy,
  drill: TestTubeDiagonal,
};

export function RunKindIcon({ kind, label }: { kind: RunKind; label: string }) {
  const Icon = icons[kind];
  return (
    <span title={label} className="shrink-0 text-ink-faint">
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{label}</span>
    </span>
  );
}
