import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { TreeNode } from '@breakwater/restic-format/tree';
import type { Command } from 'commander';
import { z } from 'zod';
import { TreeReader } from '../read/tree-reader.ts';
import { walkTree } from '../read/walk-tree.ts';
import { childMatcher } from '../restore/pattern-selection.ts';
import { parseExcludes } from '../source/exclude-patterns.ts';
import { FindReport } from './find-report.ts';
import { parseFindTime } from './find-time.ts';
import { withRepository } from './open-repository.ts';
import {
  argumentNames,
  collect,
  type ExitCode,
  repoAccess,
  repoSubcommand,
  runRepoAction,
} from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import {
  addSnapshotFilter,
  findSnapshots,
  snapshotFilterOf,
  snapshotFilterOptions,
} from './snapshot-filter.ts';

const findOptions = repoAccess.extend({
  ...snapshotFilterOptions.shape,
  patterns: z
    .array(z.string().min(1, 'is empty: expected a pattern'))
    .min(1)
    .register(argumentNames, { name: 'patterns' }),
  oldest: z.string().optional(),
  newest: z.string().optional(),
  snapshot: z.array(z.string().min(1)).default([]),
  blob: z.boolean().default(false),
  tree: z.boolean().default(false),
  pack: z.boolean().default(false),
  showPackId: z.boolean().default(false),
  ignoreCase: z.boolean().default(false),
  reverse: z.boolean().default(false),
  long: z.boolean().default(false),
  humanReadable: z.boolean().default(false),
});
type GivenFind = z.infer<typeof findOptions>;

export function findCommand(repo: Command): void {
  addSnapshotFilter(
    repoSubcommand(
      repo,
      'find <patterns...>',
      'find files and folders by pattern, or what a blob, tree or pack belongs to',
    ),
  )
    .option('-O, --oldest <time>', 'only what was changed at this time or later')
    .option('-N, --newest <time>', 'only what was changed at this time or before')
    .option('-s, --snapshot <id>', 'only in this snapshot (repeatable)', collect)
    .option('--blob', 'the patterns are ids of data blobs (or their first 8 digits)')
    .option('--tree', 'the patterns are ids of trees')
    .option('--pack', 'the patterns are ids of packs')
    .option('--show-pack-id', 'with --blob or --tree: which pack each lies in')
    .option('-i, --ignore-case', 'patterns match whatever the case')
    .option('-R, --reverse', 'oldest snapshot first')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--human-readable', 'sizes in KiB, MiB…')
    .action((patterns: string[], given: object) =>
      runRepoAction(findOptions, { ...given, patterns }, findAction),
    );
}

async function findAction(options: GivenFind, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  if ([options.blob, options.tree, options.pack].filter(Boolean).length > 1) {
    throw new Failure('invalid-request', '--blob, --tree and --pack are given: expected one of them');
  }
  const oldest = options.oldest === undefined ? null : parseFindTime('--oldest', options.oldest);
  const newest = options.newest === undefined ? null : parseFindTime('--newest', options.newest);
  if (oldest !== null && newest !== null && oldest > newest) {
    throw new Failure(
      'invalid-request',
      `--oldest "${options.oldest}" is after --newest "${options.newest}"`,
    );
  }
  const filter = snapshotFilterOf(options);
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const snapshots = await findSnapshots(repository, options.snapshot, filter, workSignal);
    if (!options.reverse) snapshots.reverse();
    const report = new FindReport(output, options);
    const onUnreadable = (tree: string, error: unknown): void =>
      output.problem(`Tree ${tree} cannot be read: ${asFailure(error).message}`, {
        message_type: 'error',
        error: { message: asFailure(error).message },
        during: 'find',
        item: tree,
      });
    const trees = new TreeReader(repository, workSignal);
    if (options.blob || options.tree || options.pack) {
      const wanted = wantedObjects(repository, options);
      for (const found of snapshots)
        await findObjects(trees, found, wanted, report, workSignal, onUnreadable);
      report.end();
      if (options.showPackId && !options.pack) report.tellPacks(repository, wanted);
      return 0;
    }
    const matches = matcher(options);
    for (const found of snapshots) {
      report.begin(found);
      await walkTree(
        trees,
        found.snapshot.tree,
        (node, path) => {
          const { taken, enter } = matches(path);
          const { ns } = node.mtime;
          const inTime = (oldest === null || ns >= oldest) && (newest === null || ns <= newest);
          if (taken && inTime) report.tellNode(path, node);
          // As restic: below a match all is looked at.
          return (taken && inTime) || enter;
        },
        workSignal,
        onUnreadable,
      );
    }
    report.end();
    return 0;
  });
}

function matcher(options: GivenFind): (path: string) => { taken: boolean; enter: boolean } {
  const lists = options.patterns.map((pattern) => {
    const rule = { ignoreCase: options.ignoreCase, option: 'find' };
    // A leading "!" means nothing here.
    const literal = pattern.startsWith('!') ? `\\${pattern}` : pattern;
    return {
      matches: parseExcludes([literal], rule),
      enter: childMatcher({ patterns: [literal], ...rule }),
    };
  });
  return (path) => ({
    taken: lists.some(({ matches }) => matches(path)),
    enter: lists.some(({ enter }) => enter(path)),
  });
}

/** Ids, or their first eight digits. */
export interface WantedObjects {
  data: Set<string>;
  tree: Set<string>;
}

const SHORT = 8;

function wantedObjects(repository: Repository, options: GivenFind): WantedObjects {
  const ids = options.patterns.map((pattern) => pattern.toLowerCase());
  if (options.blob) return { data: new Set(ids), tree: new Set() };
  if (options.tree) return { data: new Set(), tree: new Set(ids) };
  const wanted: WantedObjects = { data: new Set(), tree: new Set() };
  const missing = new Set(ids);
  for (const { packId } of repository.index.packSizes()) {
    const given = ids.find((id) => id === packId || id === packId.slice(0, SHORT));
    if (given !== undefined) missing.delete(given);
  }
  if (missing.size > 0) {
    throw new Failure(
      'path-not-found',
      `No index of the repository names these packs: ${[...missing].join(', ')}`,
    );
  }
  for (const { packId, blobs } of repository.index.packs()) {
    if (!ids.some((id) => id === packId || id === packId.slice(0, SHORT))) continue;
    for (const { type, id } of blobs) wanted[type].add(id);
  }
  return wanted;
}

async function findObjects(
  trees: TreeReader,
  found: StoredSnapshot,
  wanted: WantedObjects,
  report: FindReport,
  signal: AbortSignal,
  onUnreadable: (tree: string, error: unknown) => void,
): Promise<void> {
  const isWanted = (ids: Set<string>, id: string): boolean => ids.has(id) || ids.has(id.slice(0, SHORT));
  const tellTree = (id: string, path: string): void => {
    if (isWanted(wanted.tree, id)) report.tellObject('tree', id, path, null, found);
  };
  tellTree(found.snapshot.tree, '/');
  const visit = (node: TreeNode, path: string, parent: string): boolean => {
    if (node.subtree !== null) tellTree(node.subtree, path);
    if (node.type === 'file') {
      for (const id of wanted.data.size === 0 ? [] : (node.content ?? [])) {
        if (isWanted(wanted.data, id)) report.tellObject('blob', id, path, parent, found);
      }
    }
    return true;
  };
  await walkTree(trees, found.snapshot.tree, visit, signal, onUnreadable);
}
