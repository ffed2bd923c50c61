import { asFailure } from '@breakwater/domain/failure';
import { plaintextLength } from '@breakwater/restic-format/blob';
import type { GoTime } from '@breakwater/restic-format/go-time';
import { compareRaw, rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { Repository } from '@breakwater/restic-format/repository';
import { encodeTree, type TreeNode } from '@breakwater/restic-format/tree';
import type { Command } from 'commander';
import { z } from 'zod';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { TreeReader } from '../read/tree-reader.ts';
import { displayPath } from '../source/display-path.ts';
import { resticBytes } from './node-listing.ts';
import { chooseSnapshot } from './one-snapshot.ts';
import { withRepository } from './open-repository.ts';
import { argumentNames, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import { printable, type RepoOutput } from './repo-output.ts';

const diffOptions = repoAccess.extend({
  from: z.string().min(1, 'is empty: expected a snapshot').register(argumentNames, { name: 'from' }),
  to: z.string().min(1, 'is empty: expected a snapshot').register(argumentNames, { name: 'to' }),
  metadata: z.boolean().default(false),
});

export function diffCommand(repo: Command): void {
  repoSubcommand(
    repo,
    'diff <from> <to>',
    'what changed from one snapshot to another (each may be ID:folder): + added, - removed, M modified, T other type, U metadata, ? content without metadata',
  )
    .option('--metadata', 'changes of metadata alone, too')
    .action((from: string, to: string, given: object) =>
      runRepoAction(diffOptions, { ...given, from, to }, diffAction),
    );
}

const NO_FILTER = { hosts: [], tagLists: [], paths: [] };

async function diffAction(
  options: z.infer<typeof diffOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const from = await chooseSnapshot(repository, options.from, NO_FILTER, workSignal);
    const to = await chooseSnapshot(repository, options.to, NO_FILTER, workSignal);
    if (output.verbosity >= 0) {
      output.text(`comparing snapshot ${from.id.slice(0, 8)} to ${to.id.slice(0, 8)}:\n`);
    }
    const comparison = new Comparison(repository, options.metadata, output, workSignal);
    await comparison.compare(from.tree, to.tree);
    comparison.tell(options.from, options.to);
    return 0;
  });
}

interface Side {
  files: number;
  dirs: number;
  others: number;
  /** Every blob met, as type and id. */
  blobs: Set<string>;
}

/** Compares trees as restic's `diff` does (cmd/restic/cmd_diff.go). */
class Comparison {
  readonly #repository: Repository;
  readonly #metadata: boolean;
  readonly #output: RepoOutput;
  readonly #signal: AbortSignal;
  readonly #trees: TreeReader;
  readonly #removed: Side = { files: 0, dirs: 0, others: 0, blobs: new Set() };
  readonly #added: Side = { files: 0, dirs: 0, others: 0, blobs: new Set() };
  readonly #common = new Set<string>();
  #changedFiles = 0;

  constructor(repository: Repository, metadata: boolean, output: RepoOutput, signal: AbortSignal) {
    this.#repository = repository;
    this.#metadata = metadata;
    this.#output = output;
    this.#signal = signal;
    this.#trees = new TreeReader(repository, signal);
  }

  async compare(from: string, to: string): Promise<void> {
    this.#removed.blobs.add(`tree ${from}`);
    this.#added.blobs.add(`tree ${to}`);
    await this.#compareTrees('/', from, to);
  }

  async #compareTrees(prefix: string, from: string, to: string): Promise<void> {
    const before = byName((await this.#trees.load(from)).nodes);
    const after = byName((await this.#trees.load(to)).nodes);
    const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareRaw);
    for (const name of names) {
      throwIfCancelled(this.#signal);
      const [old, now] = [before.get(name), after.get(name)];
      if (old !== undefined) addBlobs(this.#removed.blobs, old);
      if (now !== undefined) addBlobs(this.#added.blobs, now);
      const path = `${prefix}${name}`;
      if (old !== undefined && now !== undefined) await this.#compareNodes(path, old, now);
      else if (old !== undefined) await this.#tellAll('-', path, old, this.#removed);
      else if (now !== undefined) await this.#tellAll('+', path, now, this.#added);
    }
  }

  async #compareNodes(path: string, old: TreeNode, now: TreeNode): Promise<void> {
    let modifier = old.type === now.type ? '' : 'T';
    const shown = now.type === 'dir' ? `${path}/` : path;
    const isFile = old.type === 'file' && now.type === 'file';
    if (isFile && old.content?.join() !== now.content?.join()) {
      modifier += 'M';
      this.#changedFiles += 1;
      if (isEqual({ ...old, content: null }, { ...now, content: null })) modifier += '?';
    } else if (this.#metadata && !isEqual(old, now)) modifier += 'U';
    if (modifier !== '') this.#tellChange(modifier, shown);
    if (old.subtree === null || now.subtree === null) return;
    const { subtree } = old;
    await this.#guard(() =>
      subtree === now.subtree
        ? this.#collect(subtree, this.#common)
        : this.#compareTrees(shown, subtree, now.subtree ?? ''),
    );
  }

  /** An entry that only one side has, with all below it. */
  async #tellAll(modifier: string, path: string, node: TreeNode, side: Side): Promise<void> {
    const shown = node.type === 'dir' ? `${path}/` : path;
    this.#tellChange(modifier, shown);
    if (node.type === 'file') side.files += 1;
    else if (node.type === 'dir') side.dirs += 1;
    else side.others += 1;
    const { subtree } = node;
    if (subtree === null) return;
    await this.#guard(async () => {
      for (const inner of (await this.#trees.load(subtree)).nodes) {
        addBlobs(side.blobs, inner);
        await this.#tellAll(modifier, `${shown}${inner.name}`, inner, side);
      }
    });
  }

  async #collect(tree: string, blobs: Set<string>): Promise<void> {
    const { nodes } = await this.#trees.load(tree);
    const upcoming = nodes.flatMap(({ subtree }) => subtree ?? []);
    for (const node of nodes) {
      addBlobs(blobs, node);
      const { subtree } = node;
      if (subtree === null) continue;
      upcoming.shift();
      await this.#guard(() => this.#collect(subtree, blobs));
    }
  }

  /** A tree that cannot be read costs what lies below it. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throwIfCancelled(this.#signal);
      const { message } = asFailure(error);
      this.#output.problem(message, { message_type: 'error', error: { message }, during: 'diff', item: '' });
    }
  }

  #tellChange(modifier: string, path: string): void {
    if (this.#output.verbosity < 0) return;
    this.#output.answer(`${modifier.padEnd(5)}${printable(displayPath(path))}`, {
      message_type: 'change',
      path: rawToDisplay(path),
      modifier,
    });
  }

  tell(from: string, to: string): void {
    const both = new Set([...this.#removed.blobs].filter((blob) => this.#added.blobs.has(blob)));
    const removed = this.#count(this.#removed, both);
    const added = this.#count(this.#added, both);
    const column = (value: number): string => String(value).padStart(5);
    const lines = [
      '',
      `Files:       ${column(added.files)} new, ${column(removed.files)} removed, ${column(this.#changedFiles)} changed`,
      `Dirs:        ${column(added.dirs)} new, ${column(removed.dirs)} removed`,
      `Others:      ${column(added.others)} new, ${column(removed.others)} removed`,
      `Data Blobs:  ${column(added.data_blobs)} new, ${column(removed.data_blobs)} removed`,
      `Tree Blobs:  ${column(added.tree_blobs)} new, ${column(removed.tree_blobs)} removed`,
      `  Added:   ${resticBytes(added.bytes).padEnd(5)}`,
      `  Removed: ${resticBytes(removed.bytes).padEnd(5)}`,
    ];
    this.#output.answer(lines.join('\n'), {
      message_type: 'statistics',
      source_snapshot: from,
      target_snapshot: to,
      changed_files: this.#changedFiles,
      added: { ...added },
      removed: { ...removed },
    });
  }

  #count({ files, dirs, others, blobs }: Side, both: ReadonlySet<string>) {
    const counts = { files, dirs, others, data_blobs: 0, tree_blobs: 0, bytes: 0 };
    for (const blob of blobs) {
      if (both.has(blob) || this.#common.has(blob)) continue;
      const type = blob.startsWith('tree ') ? 'tree' : 'data';
      counts[`${type}_blobs`] += 1;
      const location = this.#repository.index.lookup(type, blob.slice(5));
      counts.bytes += location === undefined ? 0 : plaintextLength(location);
    }
    return counts;
  }
}

function byName(nodes: readonly TreeNode[]): Map<string, TreeNode> {
  return new Map(nodes.map((node) => [node.name, node]));
}

function addBlobs(blobs: Set<string>, node: TreeNode): void {
  for (const id of node.content ?? []) blobs.add(`data ${id}`);
  if (node.subtree !== null) blobs.add(`tree ${node.subtree}`);
}

/** As restic stores them: what would be other bytes is another node, but for the zones that times are told in. */
function isEqual(old: TreeNode, now: TreeNode): boolean {
  return encodeTree({ nodes: [inUtc(old)] }).equals(encodeTree({ nodes: [inUtc(now)] }));
}

function inUtc(node: TreeNode): TreeNode {
  const { mtime, atime, ctime } = node;
  const utc = ({ ns }: GoTime): GoTime => ({ ns, offsetSeconds: 0 });
  return { ...node, mtime: utc(mtime), atime: utc(atime), ctime: utc(ctime) };
}
