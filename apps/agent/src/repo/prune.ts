import { Failure } from '@breakwater/domain/failure';
import { BulkPool } from '@breakwater/restic-format/bulk-pool';
import { executePrune, preparePrune } from '@breakwater/restic-format/prune';
import {
  type MaxUnused,
  type PruneOptions as PlanOptions,
  smallPackBytesFor,
} from '@breakwater/restic-format/prune-options';
import { type PrunePlan, stayingPacks } from '@breakwater/restic-format/prune-plan';
import type { PruneProgress } from '@breakwater/restic-format/prune-work';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Command } from 'commander';
import { z } from 'zod';
import { addDistrustOption, distrustPackOption, refuseUnknownPacks } from './distrust-option.ts';
import { tellLockLost, withRepository } from './open-repository.ts';
import { pruneRecord, pruneText } from './prune-report.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import { parseSizeOption, sizeOption } from './size-option.ts';

const MIB = 1024 * 1024;

/** What `prune` is told, and `forget --prune` as well. */
export const pruneOptions = z.object({
  maxUnused: z.string().default('5%').transform(maxUnusedOption),
  maxRepackSize: sizeOption.optional(),
  repackSmall: z.boolean().default(false),
  repackSmallerThan: sizeOption.refine((bytes) => bytes > 0, 'expected more than 0').optional(),
  repackCacheableOnly: z.boolean().default(false),
  repackUncompressed: z.boolean().default(false),
  distrustPack: distrustPackOption,
  packSize: z.coerce
    .number()
    .int()
    .min(4, 'expected 4 to 128 MiB')
    .max(128, 'expected 4 to 128 MiB')
    .default(16),
});
export type PruneOptions = z.infer<typeof pruneOptions>;

export function addPruneOptions(command: Command): Command {
  addDistrustOption(command, 'clear away these damaged packs, once what is in use lies elsewhere');
  return command
    .option('--max-unused <limit>', 'how much unused data may stay: bytes (k, m, g, t), % or unlimited (5%)')
    .option('--max-repack-size <size>', 'repack no more than this; bytes, or with k, m, g, t')
    .option('--repack-small', 'join packs below 80% of the pack size')
    .option('--repack-smaller-than <size>', 'join packs below this size')
    .option('--repack-cacheable-only', 'repack only packs with trees')
    .option('--repack-uncompressed', 'repack what is not compressed')
    .option('--pack-size <MiB>', 'size of new packs (16)');
}

const pruneCommandOptions = repoAccess.extend(pruneOptions.shape).extend({
  dryRun: z.boolean().default(false),
});

export function pruneCommand(repo: Command): void {
  const command = repoSubcommand(repo, 'prune', 'remove data that no snapshot needs');
  addPruneOptions(command)
    .option('-n, --dry-run', 'only say what would be done')
    .action((given: object) => runRepoAction(pruneCommandOptions, given, pruneAction));
}

async function pruneAction(
  options: z.infer<typeof pruneCommandOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (!options.lock && !options.dryRun) {
    throw new Failure(
      'invalid-request',
      '--no-lock: removing needs a lock; expected it together with --dry-run',
    );
  }
  const lock = options.dryRun && !options.lock ? 'none' : 'exclusive';
  const access = { ...options, onLockLost: tellLockLost(output) };
  await withRepository(access, lock, signal, (repository, workSignal) =>
    pruneRepository(repository, { ...options, dryRun: options.dryRun }, output, workSignal),
  );
  return 0;
}

/**
 * Prunes a repository that is locked exclusively, its index loaded after that; tells the plan, then what was done.
 * `ignoreSnapshots` count as gone, for rehearsals.
 */
export async function pruneRepository(
  repository: Repository,
  options: PruneOptions & { dryRun: boolean; ignoreSnapshots?: ReadonlySet<string> },
  output: RepoOutput,
  signal: AbortSignal,
): Promise<void> {
  const pool = new BulkPool([repository.key], repository.store);
  try {
    await pruneWith(pool, repository, options, output, signal);
  } finally {
    await pool.close();
  }
}

async function pruneWith(
  pool: BulkPool,
  repository: Repository,
  options: PruneOptions & { dryRun: boolean; ignoreSnapshots?: ReadonlySet<string> },
  output: RepoOutput,
  signal: AbortSignal,
): Promise<void> {
  const { ignoreSnapshots, dryRun } = options;
  const work = { signal, pool, onProgress: progressTeller(output), packBytes: options.packSize * MIB };
  refuseUnknownPacks(repository, options.distrustPack);
  const plan = await preparePrune(repository, {
    ...work,
    distrusted: options.distrustPack,
    ...planOptions(options),
    ...(ignoreSnapshots && { ignoreSnapshots }),
  });
  output.record(pruneRecord(plan.stats));
  if (output.verbosity >= 0) output.text(pruneText(plan.stats, dryRun));
  for (const packId of stayingPacks(options.distrustPack, repository.index, plan)) {
    const message = `damaged pack ${packId} stays: snapshots need something in it that can be read nowhere any more`;
    output.problem(message, { message_type: 'warning', message });
  }
  if (dryRun) {
    tellPacks(repository, plan, output);
    return;
  }
  const { notRemoved } = await executePrune(repository, plan, work);
  for (const { name, reason } of notRemoved) {
    const message = `pack ${name} is not needed, but could not be removed: ${reason}`;
    output.problem(message, { message_type: 'error', error: { message }, during: 'prune', item: name });
  }
  if (output.verbosity >= 0) output.text('Done.');
}

function planOptions(options: PruneOptions): PlanOptions {
  const { maxUnused, maxRepackSize, repackSmall, repackSmallerThan, packSize } = options;
  const packBytes = packSize * MIB;
  if (repackSmallerThan !== undefined && repackSmallerThan > packBytes) {
    throw new Failure(
      'invalid-request',
      `--repack-smaller-than is ${repackSmallerThan}: expected at most the size of packs, ${packBytes}`,
    );
  }
  return {
    maxUnused,
    maxRepackBytes: maxRepackSize ?? null,
    smallPackBytes: repackSmallerThan ?? (repackSmall ? smallPackBytesFor(packBytes) : null),
    repackCacheableOnly: options.repackCacheableOnly,
    repackUncompressed: options.repackUncompressed,
  };
}

function maxUnusedOption(text: string, context: z.RefinementCtx): MaxUnused {
  const trimmed = text.trim();
  if (trimmed === 'unlimited') return { kind: 'unlimited' };
  const [, percentText] = /^(\d+(?:\.\d+)?)%$/.exec(trimmed) ?? [];
  const percent = Number(percentText ?? Number.NaN);
  if (percent < 100) return { kind: 'percent', percent };
  const bytes = parseSizeOption(trimmed);
  if (bytes !== null) return { kind: 'bytes', bytes };
  context.addIssue({
    code: 'custom',
    message: `is "${text}": expected a size such as 500M, a percentage below 100% or "unlimited"`,
  });
  return z.NEVER;
}

function tellPacks(repository: Repository, plan: PrunePlan, output: RepoOutput): void {
  if (output.verbosity < 1) return;
  const list = (title: string, packIds: readonly string[]): void => {
    if (packIds.length > 0) output.text(`${title}:\n${packIds.join('\n')}\n`);
  };
  list('Would remove packs that no index names', plan.unreferenced);
  list(
    'Would repack',
    Array.from(plan.repack, (pack) => repository.index.packIdAt(pack)),
  );
  list('Would remove packs that nothing needs', plan.remove);
}

const STATUS_MS = 100;
const WORDS: Record<PruneProgress['phase'], string> = {
  finding: 'trees read',
  repacking: 'packs repacked',
  indexing: 'index files written',
  removing: 'packs removed',
};

function progressTeller(output: RepoOutput): (progress: PruneProgress) => void {
  let toldAt = 0;
  return ({ phase, done, total }) => {
    const now = performance.now();
    if (now - toldAt < STATUS_MS) return;
    toldAt = now;
    output.status(`${done}${total === null ? '' : ` of ${total}`} ${WORDS[phase]}`, {
      message_type: 'status',
      phase,
      done,
      total: total ?? undefined,
      percent_done: total === null || total === 0 ? 0 : Math.min(1, done / total),
    });
  };
}
