import { type GroupKey, groupSnapshots, parseGroupBy } from '@breakwater/domain/retention-groups';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { Command } from 'commander';
import { z } from 'zod';
import { displayPath } from '../source/display-path.ts';
import { withRepository } from './open-repository.ts';
import { printable } from './printable.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { JsonRecord, RepoOutput } from './repo-output.ts';
import {
  addSnapshotFilter,
  findSnapshots,
  snapshotFilterOf,
  snapshotFilterOptions,
} from './snapshot-filter.ts';
import { snapshotRecord } from './snapshot-record.ts';
import { snapshotTable } from './snapshot-table.ts';

const snapshotsOptions = repoAccess.extend(snapshotFilterOptions.shape).extend({
  ids: z.array(z.string()),
  latest: z.coerce.number().int().min(1, 'expected a number of 1 or more').optional(),
  groupBy: z
    .string()
    .default('')
    .transform((text, context) => {
      const parsed = parseGroupBy(text);
      if (parsed.ok) return parsed.groupBy;
      context.addIssue(parsed.expected);
      return z.NEVER;
    }),
  compact: z.boolean().default(false),
});
type SnapshotsOptions = z.infer<typeof snapshotsOptions>;

export function snapshotsCommand(repo: Command): void {
  const command = repoSubcommand(repo, 'snapshots [ids...]', 'list the snapshots');
  addSnapshotFilter(command)
    .option('--latest <number>', 'only the last so many of each host and paths, or of each group')
    .option('-g, --group-by <what>', 'in groups by host, paths, tags')
    .option('-c, --compact', 'a shorter list')
    .action((ids: string[], given: object) =>
      runRepoAction(snapshotsOptions, { ...given, ids }, snapshotsAction),
    );
}

async function snapshotsAction(
  options: SnapshotsOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  // Snapshot files alone are read: no index is needed, and a lock would only slow what cannot do harm.
  return await withRepository<ExitCode>(options, 'none', signal, async (repository, workSignal) => {
    const found = await findSnapshots(repository, options.ids, snapshotFilterOf(options), workSignal);
    const snapshots = found.map((stored) => inOrder(stored, options));
    const { host, paths, tags } = options.groupBy;
    if (host || paths || tags) tellGroups(snapshots, options, output);
    else {
      const shown = options.latest === undefined ? snapshots : latestOfEach(snapshots, options.latest);
      output.document(shown.map(snapshotRecord));
      tellTable(shown, options, output);
      if (found.length === 0) output.note('There are no such snapshots');
    }
    return 0;
  });
}

function tellGroups(snapshots: StoredSnapshot[], options: SnapshotsOptions, output: RepoOutput): void {
  const groups = groupSnapshots(
    snapshots.map((stored) => ({ ...stored.snapshot, stored })),
    options.groupBy,
  ).map(({ key, snapshots: members }) => ({
    key,
    members: members.map(({ stored }) => stored).slice(-(options.latest ?? members.length)),
  }));
  output.document(
    groups.map(({ key, members }) => ({ group_key: keyRecord(key), snapshots: members.map(snapshotRecord) })),
  );
  for (const { key, members } of groups) {
    output.text(`snapshots${headingOf(key)}:`);
    tellTable(members, options, output);
  }
}

function tellTable(
  snapshots: readonly StoredSnapshot[],
  options: SnapshotsOptions,
  output: RepoOutput,
): void {
  if (snapshots.length > 0) output.text(snapshotTable(snapshots, { compact: options.compact }).join('\n'));
}

/** As restic prints it: null where snapshots are not divided by it, and where there are none. */
function keyRecord({ hostname, paths, tags }: GroupKey): JsonRecord {
  return {
    hostname: hostname ?? '',
    paths: paths?.map(displayPath) ?? null,
    tags: tags === null || tags.length === 0 ? null : tags,
  };
}

function headingOf({ hostname, paths, tags }: GroupKey): string {
  const parts: string[] = [];
  if (hostname) parts.push(`host [${hostname}]`);
  if (tags !== null) parts.push(`tags [${tags.join(', ')}]`);
  if (paths !== null) parts.push(`paths [${paths.map(displayPath).join(', ')}]`);
  return parts.length === 0 ? '' : printable(` for (${parts.join(', ')})`);
}

/** What snapshots are grouped by is shown in one order for all of a group; paths always are. */
function inOrder(stored: StoredSnapshot, { groupBy }: SnapshotsOptions): StoredSnapshot {
  const { snapshot } = stored;
  const tags = groupBy.tags ? snapshot.tags.toSorted() : snapshot.tags;
  return { ...stored, snapshot: { ...snapshot, tags, paths: snapshot.paths.toSorted() } };
}

/** The last so many of each host and set of paths, oldest first as they came. */
function latestOfEach(snapshots: readonly StoredSnapshot[], limit: number): StoredSnapshot[] {
  const seen = new Map<string, number>();
  const isLate = ({ snapshot }: StoredSnapshot): boolean => {
    const key = JSON.stringify([snapshot.hostname, snapshot.paths]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count <= limit;
  };
  return snapshots.toReversed().filter(isLate).reverse();
}
