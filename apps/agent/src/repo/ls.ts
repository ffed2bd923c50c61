import { extname } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { compareRaw } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { TreeReader } from '../read/tree-reader.ts';
import { walkTree } from '../read/walk-tree.ts';
import { displayPath } from '../source/display-path.ts';
import { localTime, nodeLine, nodeRecord } from './node-listing.ts';
import { chooseSnapshot } from './one-snapshot.ts';
import { withRepository } from './open-repository.ts';
import { argumentNames, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import { printable, type RepoOutput } from './repo-output.ts';
import { addSnapshotFilter, snapshotFilterOf, snapshotFilterOptions } from './snapshot-filter.ts';
import { snapshotRecord } from './snapshot-record.ts';

const SORTS = ['name', 'size', 'time', 'mtime', 'atime', 'ctime', 'extension'] as const;

const lsOptions = repoAccess.extend({
  ...snapshotFilterOptions.shape,
  snapshot: z.string().min(1, 'is empty: expected a snapshot').register(argumentNames, { name: 'snapshot' }),
  folders: z
    .array(z.string().startsWith('/', 'expected a path that begins with a slash'))
    .default([])
    .register(argumentNames, { name: 'folders' }),
  long: z.boolean().default(false),
  recursive: z.boolean().default(false),
  humanReadable: z.boolean().default(false),
  sort: z.enum(SORTS).default('name'),
  reverse: z.boolean().default(false),
});

export function lsCommand(repo: Command): void {
  addSnapshotFilter(
    repoSubcommand(
      repo,
      'ls <snapshot> [folders...]',
      'list what a snapshot, or a folder of it (ID:folder), holds; of folders named, with what is in them',
    ),
  )
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--recursive', 'with everything below the folders named')
    .option('--human-readable', 'sizes in KiB, MiB…')
    .addOption(new Option('-s, --sort <by>', 'order of the list').choices(SORTS))
    .option('--reverse', 'the other way round')
    .action((snapshot: string, folders: string[], given: object) =>
      runRepoAction(lsOptions, { ...given, snapshot, folders }, lsAction),
    );
}

interface Listed {
  path: string;
  node: TreeNode;
}

async function lsAction(
  options: z.infer<typeof lsOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const filter = snapshotFilterOf(options);
  const folders = options.folders.map(withoutSlash);
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const chosen = await chooseSnapshot(repository, options.snapshot, filter, workSignal);
    const { id, snapshot, tree } = chosen;
    const record = snapshotRecord({ id, snapshot: { ...snapshot, tree } });
    output.record({ ...record, message_type: 'snapshot', struct_type: 'snapshot' });
    if (output.verbosity >= 0 && process.stdout.isTTY) {
      const paths = snapshot.paths.map(displayPath).join(', ');
      output.text(printable(`snapshot ${id.slice(0, 8)} of [${paths}] at ${localTime(snapshot.time)}:`));
    }
    const tell = ({ path, node }: Listed): void => {
      const line = nodeLine(path, node, options.long, options.humanReadable);
      output.answer(printable(displayPath(line)), nodeRecord(path, node));
    };
    const sorted: Listed[] | null = options.sort === 'name' && !options.reverse ? null : [];
    const reader = new TreeReader(repository, workSignal);
    await walkTree(
      reader,
      tree,
      (node, path) => {
        const inside = folders.length === 0 || folders.some((folder) => isWithin(path, folder));
        if (inside && sorted === null) tell({ path, node });
        else if (inside) sorted?.push({ path, node });
        const leadsThere = folders.length === 0 || folders.some((folder) => isWithin(folder, path));
        return (inside && options.recursive) || leadsThere;
      },
      workSignal,
    );
    for (const listed of sorted === null ? [] : inOrder(sorted, options.sort, options.reverse)) tell(listed);
    return 0;
  });
}

function withoutSlash(folder: string): string {
  const trimmed = folder.replace(/\/+$/, '');
  if (trimmed.includes('\0')) throw new Failure('invalid-request', 'a folder to list holds a NUL byte');
  return trimmed === '' ? '/' : trimmed;
}

/** Whether `path` is `folder` or below it. */
function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

function inOrder(listed: Listed[], sort: (typeof SORTS)[number], reverse: boolean): Listed[] {
  const compare: Record<(typeof SORTS)[number], (a: Listed, b: Listed) => number> = {
    name: () => 0,
    size: (a, b) => sizeOf(a) - sizeOf(b),
    time: (a, b) => compareBig(a.node.mtime.ns, b.node.mtime.ns),
    mtime: (a, b) => compareBig(a.node.mtime.ns, b.node.mtime.ns),
    atime: (a, b) => compareBig(a.node.atime.ns, b.node.atime.ns),
    ctime: (a, b) => compareBig(a.node.ctime.ns, b.node.ctime.ns),
    extension: (a, b) => compareRaw(goExtension(a.path), goExtension(b.path)),
  };
  if (sort !== 'name') listed.sort((a, b) => compare[sort](a, b) || compareRaw(a.path, b.path));
  return reverse ? listed.reverse() : listed;
}

function sizeOf({ node }: Listed): number {
  return node.type === 'file' ? node.size : 0;
}

/** From the last dot of the name on, that of `.hidden` included (Go's filepath.Ext). */
function goExtension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('.') && !name.slice(1).includes('.') ? name : extname(name);
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
