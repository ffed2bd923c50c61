import { hash } from 'node:crypto';
import { CRYPTO_OVERHEAD, plaintextLength } from '@breakwater/restic-format/blob';
import { lossOf } from '@breakwater/restic-format/blob-reading';
import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { TreeReader } from '../read/tree-reader.ts';
import { walkTree } from '../read/walk-tree.ts';
import { resticBytes } from './node-listing.ts';
import { withRepository } from './open-repository.ts';
import { argumentNames, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import {
  addSnapshotFilter,
  findSnapshots,
  snapshotFilterOf,
  snapshotFilterOptions,
} from './snapshot-filter.ts';

const MODES = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'] as const;

const statsOptions = repoAccess.extend({
  ...snapshotFilterOptions.shape,
  snapshots: z
    .array(z.string().min(1, 'is empty: expected a snapshot'))
    .default([])
    .register(argumentNames, { name: 'snapshots' }),
  mode: z.enum(MODES).default('restore-size'),
});

export function statsCommand(repo: Command): void {
  addSnapshotFilter(
    repoSubcommand(repo, 'stats [snapshots...]', 'count what snapshots hold, all of them or those named'),
  )
    .addOption(new Option('--mode <mode>', 'what is counted').choices(MODES))
    .action((snapshots: string[], given: object) =>
      runRepoAction(statsOptions, { ...given, snapshots }, statsAction),
    );
}

async function statsAction(
  options: z.infer<typeof statsOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const filter = snapshotFilterOf(options);
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const snapshots = await findSnapshots(repository, options.snapshots, filter, workSignal);
    const counter = new StatsCounter(repository, options.mode, workSignal);
    for (const { snapshot } of snapshots) await counter.count(snapshot.tree);
    tell(output, options.mode, counter, snapshots.length, repository.config.version);
    return 0;
  });
}

/** Counts as restic's `stats` does (cmd/restic/cmd_stats.go). */
class StatsCounter {
  readonly #repository: Repository;
  readonly #mode: (typeof MODES)[number];
  readonly #signal: AbortSignal;
  readonly #trees: TreeReader;
  size = 0;
  uncompressed = 0;
  compressedBlobs = 0;
  compressedBlobsPlain = 0;
  files = 0;
  blobs = 0;
  readonly #uniqueFiles = new Set<string>();
  readonly #blobsOfFiles = new Map<string, Set<string>>();
  readonly #seenTrees = new Set<string>();
  readonly #seenData = new Set<string>();

  constructor(repository: Repository, mode: (typeof MODES)[number], signal: AbortSignal) {
    this.#repository = repository;
    this.#mode = mode;
    this.#signal = signal;
    this.#trees = new TreeReader(repository, signal);
  }

  async count(tree: string): Promise<void> {
    if (this.#mode === 'raw-data') {
      if (this.#takeTree(tree)) await this.#walk(tree, (node) => this.#countRaw(node));
    } else if (this.#mode === 'restore-size') {
      const links = new Set<string>();
      await this.#walk(tree, (node) => this.#countRestored(node, links));
    } else {
      await this.#walk(tree, (node, path) => this.#countUnique(node, path));
    }
  }

  async #walk(tree: string, visit: (node: TreeNode, path: string) => boolean): Promise<void> {
    await walkTree(this.#trees, tree, visit, this.#signal);
  }

  #countRestored(node: TreeNode, links: Set<string>): boolean {
    this.files += 1;
    if (node.links === 1 || node.type === 'dir') this.size += node.size;
    else {
      const key = `${node.deviceId}:${node.inode}`;
      if (!links.has(key) || node.inode === 0n) {
        links.add(key);
        this.size += node.size;
      }
    }
    return true;
  }

  #countUnique(node: TreeNode, path: string): boolean {
    const content = node.content ?? [];
    const id = hash('sha256', content.join(), 'hex');
    if (this.#uniqueFiles.has(id)) return true;
    this.#uniqueFiles.add(id);
    if (this.#mode === 'files-by-contents') {
      this.size += node.size;
      this.files += 1;
      return true;
    }
    for (const blob of content) {
      let known = this.#blobsOfFiles.get(path);
      if (known === undefined) {
        known = new Set();
        this.#blobsOfFiles.set(path, known);
        this.files += 1;
      }
      if (known.has(blob)) continue;
      known.add(blob);
      this.size += plaintextLength(this.#locate('data', blob));
      this.blobs += 1;
    }
    return true;
  }

  #countRaw(node: TreeNode): boolean {
    for (const blob of node.content ?? []) {
      if (this.#seenData.has(blob)) continue;
      this.#seenData.add(blob);
      this.#countBlob('data', blob);
    }
    return node.subtree !== null && this.#takeTree(node.subtree);
  }

  /** False when it was counted before, with all that is below it. */
  #takeTree(tree: string): boolean {
    if (this.#seenTrees.has(tree)) return false;
    this.#seenTrees.add(tree);
    this.#countBlob('tree', tree);
    return true;
  }

  #countBlob(type: 'data' | 'tree', id: string): void {
    const { length, uncompressedLength } = this.#locate(type, id);
    const plain = uncompressedLength === null ? length : uncompressedLength + CRYPTO_OVERHEAD;
    this.size += length;
    this.blobs += 1;
    if (this.#repository.config.version < 2) return;
    this.uncompressed += plain;
    if (uncompressedLength === null) return;
    this.compressedBlobs += length;
    this.compressedBlobsPlain += plain;
  }

  #locate(type: 'data' | 'tree', id: string): { length: number; uncompressedLength: number | null } {
    const location = this.#repository.index.lookup(type, id);
    if (location !== undefined) return location;
    throw new Failure('pack-damaged', lossOf(this.#repository, { type, id }));
  }
}

function tell(
  output: RepoOutput,
  mode: string,
  counter: StatsCounter,
  snapshots: number,
  version: number,
): void {
  const { size, uncompressed, compressedBlobs, compressedBlobsPlain, files, blobs } = counter;
  const ratio = compressedBlobs > 0 ? compressedBlobsPlain / compressedBlobs : 0;
  const isCounted = version >= 2 && uncompressed > 0;
  const progress = isCounted ? (compressedBlobsPlain / uncompressed) * 100 : 0;
  const saving = isCounted ? (1 - size / uncompressed) * 100 : 0;
  const lines = [`Stats in ${mode} mode:`, `     Snapshots processed:  ${snapshots}`];
  if (blobs > 0) lines.push(`        Total Blob Count:  ${blobs}`);
  if (files > 0) lines.push(`        Total File Count:  ${files}`);
  if (uncompressed > 0) lines.push(` Total Uncompressed Size:  ${resticBytes(uncompressed)}`);
  lines.push(`              Total Size:  ${resticBytes(size)}`);
  if (progress > 0) lines.push(`    Compression Progress:  ${progress.toFixed(2)}%`);
  if (ratio > 0) lines.push(`       Compression Ratio:  ${ratio.toFixed(2)}x`);
  if (saving > 0) lines.push(`Compression Space Saving:  ${saving.toFixed(2)}%`);
  output.answer(lines.join('\n'), {
    total_size: size,
    total_uncompressed_size: uncompressed || undefined,
    compression_ratio: ratio || undefined,
    compression_progress: progress || undefined,
    compression_space_saving: saving || undefined,
    total_file_count: files || undefined,
    total_blob_count: blobs || undefined,
    snapshots_count: snapshots,
  });
}
