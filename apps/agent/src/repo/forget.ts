import { asFailure, Failure } from '@breakwater/domain/failure';
import { applyRetention, type RetentionVerdict } from '@breakwater/domain/retention';
import { describeGroup, type GroupKey, groupSnapshots } from '@breakwater/domain/retention-groups';
import { describePolicy, isEmptyPolicy } from '@breakwater/domain/retention-policy';
import type { RetentionTime } from '@breakwater/domain/retention-time';
import { mapInParallel } from '@breakwater/restic-format/map-in-parallel';
import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { Command } from 'commander';
import { z } from 'zod';
import { refuseUnknownPacks } from './distrust-option.ts';
import { withRepository } from './open-repository.ts';
import { printable } from './printable.ts';
import { addPruneOptions, pruneOptions, pruneRepository } from './prune.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { JsonRecord, RepoOutput } from './repo-output.ts';
import { addRetentionOptions, policyOf, retentionOptions } from './retention-options.ts';
import {
  addSnapshotFilter,
  findSnapshots,
  isEmptyFilter,
  snapshotFilterOf,
  snapshotFilterOptions,
} from './snapshot-filter.ts';
import { snapshotRecord } from './snapshot-record.ts';
import { snapshotTable } from './snapshot-table.ts';

const forgetOptions = repoAccess
  .extend(snapshotFilterOptions.shape)
  .extend(retentionOptions.shape)
  .extend(pruneOptions.shape)
  .extend({
    ids: z.array(z.string()),
    unsafeAllowRemoveAll: z.boolean().default(false),
    compact: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    prune: z.boolean().default(false),
  });
type ForgetOptions = z.infer<typeof forgetOptions>;

const REMOVALS_AT_ONCE = 8;

export function forgetCommand(repo: Command): void {
  const command = repoSubcommand(
    repo,
    'forget [ids...]',
    'remove snapshots, by id or by what a policy does not keep',
  );
  addPruneOptions(addSnapshotFilter(addRetentionOptions(command)))
    .option('--unsafe-allow-remove-all', 'without a policy, remove all that --host, --tag or --path choose')
    .option('-c, --compact', 'shorter lists')
    .option('-n, --dry-run', 'only say what would be removed')
    .option('--prune', 'remove the data that no snapshot needs any more, if snapshots were removed')
    .action((ids: string[], given: object) => runRepoAction(forgetOptions, { ...given, ids }, forgetAction));
}

async function forgetAction(
  options: ForgetOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  refuseWithoutPolicy(options);
  if (!options.lock && !options.dryRun) {
    throw new Failure(
      'invalid-request',
      '--no-lock: removing needs a lock; expected it together with --dry-run',
    );
  }
  const lock = options.dryRun && !options.lock ? 'none' : 'exclusive';
  const access = { ...options, loadIndex: options.prune };
  return await withRepository(access, lock, signal, async (repository, workSignal) => {
    // Before anything is removed.
    if (options.prune) refuseUnknownPacks(repository, options.distrustPack);
    const snapshots = await findSnapshots(repository, options.ids, snapshotFilterOf(options), workSignal);
    const judged = options.ids.length > 0 ? null : judge(snapshots, options);
    const removed = judged === null ? snapshots : judged.flatMap(({ remove }) => remove);
    if (judged !== null) tell(judged, options, output);
    const failures = options.dryRun ? [] : await remove(repository, removed, output, workSignal);
    if (judged !== null) output.document(judged.map(groupRecord));
    if (options.dryRun && removed.length > 0) {
      const ids = removed.map(({ id }) => id.slice(0, 8)).join(' ');
      output.text(`Would have removed the following snapshots:\n${ids}`);
    }
    if (failures.length > 0) return 3;
    if (options.prune && removed.length > 0) {
      const ignoreSnapshots = new Set(removed.map(({ id }) => id));
      await pruneRepository(repository, { ...options, ignoreSnapshots }, output, workSignal);
    }
    return 0;
  });
}

/** A forgotten policy must not become "keep nothing". */
function refuseWithoutPolicy(options: ForgetOptions): void {
  if (options.ids.length > 0 || !isEmptyPolicy(policyOf(options))) return;
  if (!options.unsafeAllowRemoveAll) {
    throw new Failure(
      'invalid-request',
      'no policy was given: nothing is removed (expected ids or --keep-…)',
    );
  }
  if (!isEmptyFilter(snapshotFilterOf(options))) return;
  throw new Failure(
    'invalid-request',
    '--unsafe-allow-remove-all: expected a choice of snapshots with --host, --tag or --path beside it',
  );
}

interface JudgedSnapshot extends StoredSnapshot {
  time: RetentionTime;
  tags: readonly string[];
}

interface JudgedGroup {
  key: GroupKey;
  /** Newest first. */
  keep: Extract<RetentionVerdict<JudgedSnapshot>, { kept: true }>[];
  remove: JudgedSnapshot[];
}

function judge(snapshots: readonly StoredSnapshot[], options: ForgetOptions): JudgedGroup[] {
  const policy = policyOf(options);
  const now = Date.now();
  const groups = groupSnapshots(
    snapshots.map((stored) => ({ ...stored.snapshot, stored })),
    options.groupBy,
  );
  return groups.map(({ key, snapshots: members }) => {
    const judgeable = members.map(({ stored, time, tags }) => ({ ...inOrder(stored, options), time, tags }));
    const verdicts = applyRetention(judgeable, policy, now);
    const keep = verdicts.filter((verdict) => verdict.kept);
    if (keep.length === 0 && !isEmptyPolicy(policy)) {
      const which = describeGroup(key);
      throw new Failure(
        'invalid-request',
        `the policy keeps none of the snapshots${which === '' ? '' : ` of ${which}`}: nothing is removed`,
      );
    }
    return { key, keep, remove: verdicts.flatMap((one) => (one.kept ? [] : [one.snapshot])) };
  });
}

/** What snapshots are grouped by is shown in one order for all of a group. */
function inOrder(stored: StoredSnapshot, { groupBy }: ForgetOptions): StoredSnapshot {
  const { snapshot } = stored;
  const tags = groupBy.tags ? snapshot.tags.toSorted() : snapshot.tags;
  return { ...stored, snapshot: { ...snapshot, tags, paths: snapshot.paths.toSorted() } };
}

function groupRecord({ key, keep, remove: removed }: JudgedGroup): JsonRecord {
  return {
    tags: key.tags === null || key.tags.length === 0 ? null : key.tags,
    host: key.hostname ?? '',
    paths: key.paths,
    keep: orNull(keep.map(({ snapshot }) => snapshotRecord(snapshot))),
    remove: orNull(removed.map(snapshotRecord)),
    reasons: orNull(
      keep.map(({ snapshot, matches, counters }) => ({
        snapshot: snapshotRecord(snapshot),
        matches,
        counters: Object.fromEntries(
          Object.entries(counters).map(([rule, left]) => [rule, left === 'unlimited' ? -1 : left]),
        ),
      })),
    ),
  };
}

/** Go writes a list that was never made as null. */
function orNull(records: JsonRecord[]): JsonRecord[] | null {
  return records.length === 0 ? null : records;
}

function tell(groups: readonly JudgedGroup[], options: ForgetOptions, output: RepoOutput): void {
  const { compact } = options;
  if (output.verbosity < 0) return;
  output.text(`Applying policy: ${describePolicy(policyOf(options))}`);
  for (const { key, keep, remove: removed } of groups) {
    const which = describeGroup(key);
    if (which !== '') output.text(`\nSnapshots of ${printable(which)}`);
    if (keep.length > 0) {
      const reasons = new Map(keep.map(({ snapshot, matches }) => [snapshot.id, matches]));
      const kept = keep.map(({ snapshot }) => snapshot);
      output.text(`keep ${keep.length}:\n${snapshotTable(kept, { compact, reasons }).join('\n')}\n`);
    }
    if (removed.length > 0) {
      output.text(`remove ${removed.length}:\n${snapshotTable(removed, { compact }).join('\n')}\n`);
    }
  }
}

/** Removes what can be removed; the failures of the rest are told and returned. */
async function remove(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  output: RepoOutput,
  signal: AbortSignal,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  await mapInParallel(snapshots, REMOVALS_AT_ONCE, async ({ id }) => {
    try {
      await repository.store.remove('snapshots', id, signal);
      if (output.verbosity >= 1) output.text(`removed snapshot ${id}`);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = asFailure(error);
      failures.push(failure);
      const message = `snapshot ${id} could not be removed: ${failure.message}`;
      output.problem(message, { message_type: 'error', error: { message }, during: 'forget', item: id });
    }
  });
  if (snapshots.length > 0 && output.verbosity >= 0) {
    const count = snapshots.length - failures.length;
    output.text(count === 1 ? '1 snapshot removed' : `${count} snapshots removed`);
  }
  return failures;
}
