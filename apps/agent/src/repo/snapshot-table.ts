import { formatGoTime, localGoTime } from '@breakwater/restic-format/go-time';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import { displayPath } from '../source/display-path.ts';
import { formatBytes } from './format-quantity.ts';
import { printable } from './printable.ts';

export interface SnapshotTableOptions {
  compact: boolean;
  /** Why each is kept, by id. */
  reasons?: ReadonlyMap<string, readonly string[]>;
}

interface Column {
  title: string;
  /** Lines of the cell. */
  cell: (snapshot: StoredSnapshot) => readonly string[];
}

const GAP = '  ';

/** Snapshots for people, the oldest first, times in the local zone: lines without their ends. */
export function snapshotTable(
  snapshots: readonly StoredSnapshot[],
  { compact, reasons }: SnapshotTableOptions,
): string[] {
  const columns: Column[] = [
    { title: 'ID', cell: ({ id }) => [id.slice(0, 8)] },
    { title: 'Time', cell: ({ snapshot }) => [localTime(snapshot.time.ns)] },
    { title: 'Host', cell: ({ snapshot }) => [snapshot.hostname] },
    { title: 'Tags', cell: ({ snapshot }) => (compact ? snapshot.tags : [snapshot.tags.join(',')]) },
  ];
  if (!compact) {
    if (reasons !== undefined) columns.push({ title: 'Reasons', cell: ({ id }) => reasons.get(id) ?? [] });
    columns.push({ title: 'Paths', cell: ({ snapshot }) => snapshot.paths.map(displayPath) });
  }
  if (snapshots.some(({ snapshot }) => snapshot.description !== undefined)) {
    columns.push({ title: 'Description', cell: ({ snapshot }) => [snapshot.description ?? ''] });
  }
  if (snapshots.some(({ snapshot }) => snapshot.summary !== null)) {
    columns.push({ title: 'Size', cell: ({ snapshot }) => sizeCell(snapshot.summary) });
  }
  const oldestFirst = snapshots.toSorted((a, b) => Number(a.snapshot.time.ns - b.snapshot.time.ns));
  const rows = oldestFirst.map((one) => columns.map((column) => column.cell(one).map(printable)));
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => Math.max(0, ...(row[at] ?? []).map((line) => line.length)))),
  );
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length));
  const titles = columns.map(({ title }) => [title]);
  const count = snapshots.length === 1 ? '1 snapshot' : `${snapshots.length} snapshots`;
  return [...rowLines(titles, widths), rule, ...rows.flatMap((row) => rowLines(row, widths)), rule, count];
}

function rowLines(row: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const height = Math.max(1, ...row.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map((cell, at) => (cell[line] ?? '').padEnd(widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function localTime(ns: bigint): string {
  return formatGoTime(localGoTime(ns)).slice(0, 19).replace('T', ' ');
}

function sizeCell(summary: StoredSnapshot['snapshot']['summary']): string[] {
  return summary === null ? [] : [formatBytes(summary.totalBytesProcessed)];
}
