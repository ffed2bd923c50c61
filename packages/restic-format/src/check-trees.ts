import { asFailure, Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import { type NodeFlaw, scanTree, type TreesVerdict } from './check-job.ts';
import type { CheckPool } from './check-pool.ts';
import { isAboutFile, type ProblemLog } from './check-problem.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { type PackRead, planPackReads } from './pack-reads.ts';
import { fileSourceOf } from './pack-source.ts';
import { encodeEntries } from './packed-entries.ts';
import type { Repository } from './repository.ts';
import type { StoredSnapshot } from './snapshot.ts';
import { type TreePlace, TreePaths } from './tree-paths.ts';

/** Trees planned at once: what bounds the memory of a level of millions. */
const PORTION = 8192;
const READS_AT_ONCE = 4;
const ID_BYTES = 32;

export interface CheckTreesOptions {
  signal?: AbortSignal | undefined;
  onProgress?: (treesDone: number) => void;
  /**
   * Instead of what is missing, report the files that use these blobs (ids of data blobs that no pack has whole).
   * Trees that are missing or damaged are then passed over: they were reported before.
   */
  lostBlobs?: ReadonlySet<string>;
}

/** Ids that one tree refers to, one after the other, 32 bytes each. */
interface TreeIds {
  entry: number;
  subtrees: Uint8Array;
  contents: Uint8Array;
}

/**
 * Walks every tree once, level by level in the order of the packs, and looks up every blob in the index. Who refers
 * to a tree is kept as a number: paths are only made for what is wrong.
 */
export async function checkTrees(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  pool: CheckPool,
  log: ProblemLog,
  options: CheckTreesOptions = {},
): Promise<void> {
  await new TreeCheck(repository, pool, log, options).walk(snapshots);
}

class TreeCheck {
  readonly #repository: Repository;
  readonly #pool: CheckPool;
  readonly #log: ProblemLog;
  readonly #options: CheckTreesOptions;
  readonly #paths: TreePaths;
  #treesDone = 0;

  constructor(repository: Repository, pool: CheckPool, log: ProblemLog, options: CheckTreesOptions) {
    this.#repository = repository;
    this.#pool = pool;
    this.#log = log;
    this.#options = options;
    this.#paths = new TreePaths(repository, options.signal);
  }

  async walk(snapshots: readonly StoredSnapshot[]): Promise<void> {
    let level: number[] = [];
    for (const { id, snapshot } of snapshots) {
      const entry = this.#repository.index.entryOf('tree', Buffer.from(snapshot.tree, 'hex'));
      if (entry < 0) this.#treeMissing(snapshot.tree, id, '/');
      else if (this.#paths.addRoot(entry, id)) level.push(entry);
    }
    while (level.length > 0) {
      const next: number[] = [];
      // Entries come in the order in which packs were added to the index: neighbours stay together.
      const entries = Uint32Array.from(level).sort();
      for (let at = 0; at < entries.length; at += PORTION) {
        await this.#walkPortion(entries.subarray(at, at + PORTION), next);
      }
      level = next;
    }
  }

  async #walkPortion(entries: Uint32Array, next: number[]): Promise<void> {
    const byPack = new Map<string, PackedBlob[]>();
    const numbers = new Map<string, number>();
    for (const entry of entries) {
      const { packId, ...blob } = this.#repository.index.entryAt(entry);
      numbers.set(blob.id, entry);
      const blobs = byPack.get(packId);
      if (blobs === undefined) byPack.set(packId, [blob]);
      else blobs.push(blob);
    }
    const reads = [...byPack].flatMap(([packId, blobs]) => planPackReads(packId, blobs));
    await eachInParallel(reads, READS_AT_ONCE, async (read) => {
      const { signal, onProgress } = this.#options;
      if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
      const entriesOfRead = read.blobs.map(({ id }) => numbers.get(id) ?? -1);
      await this.#readTrees(read, entriesOfRead, next);
      this.#treesDone += read.blobs.length;
      onProgress?.(this.#treesDone);
    });
  }

  async #readTrees(read: PackRead, entries: readonly number[], next: number[]): Promise<void> {
    let verdict: TreesVerdict;
    try {
      verdict = await this.#scan(read);
    } catch (error) {
      if (!isAboutFile(asFailure(error))) throw error;
      // Perhaps only a part of it is gone, or another pack has the tree: each for itself.
      for (const entry of entries) await this.#readElsewhere(entry, next);
      return;
    }
    for (const tree of treesOf(verdict, entries)) await this.#take(tree, next);
    for (const flaw of verdict.flaws) await this.#nodeFlaw(entries[flaw.entry] ?? -1, flaw);
    for (const { entry } of verdict.damaged) await this.#readElsewhere(entries[entry] ?? -1, next);
  }

  /** In a thread, which reads the trees itself where it can. */
  async #scan({ packId, offset, length, blobs: placed }: PackRead): Promise<TreesVerdict> {
    const { store } = this.#repository;
    const blobs = placed.map((blob) => ({ ...blob, offset: blob.offset - offset }));
    const file = fileSourceOf(store, packId, { offset, length });
    if (file !== null) {
      const verdict = await this.#pool.scanTrees({ source: file, entries: encodeEntries(blobs) });
      if (verdict.work === 'trees') return verdict;
    }
    const source = await store.read('data', packId, { offset, length }, this.#options.signal);
    const verdict = await this.#pool.scanTrees({ source, entries: encodeEntries(blobs) });
    if (verdict.work === 'trees') return verdict;
    throw new Failure('internal', `trees of pack ${packId} are in memory and were not read`);
  }

  /** From whichever pack has the tree whole. */
  async #readElsewhere(entry: number, next: number[]): Promise<void> {
    const { id } = this.#repository.index.entryAt(entry);
    const [subtrees, contents]: [string[], string[]] = [[], []];
    let reason: string;
    try {
      const json = await this.#repository.loadBlob('tree', id, this.#options.signal);
      const flaws = scanTree(json, subtrees, contents);
      if (typeof flaws !== 'string') {
        for (const flaw of flaws) await this.#nodeFlaw(entry, flaw);
        const [subtreeIds, contentIds] = [subtrees, contents].map((ids) => Buffer.from(ids.join(''), 'hex'));
        const none = Buffer.of();
        await this.#take({ entry, subtrees: subtreeIds ?? none, contents: contentIds ?? none }, next);
        return;
      }
      reason = `tree ${id}: ${flaws}`;
    } catch (error) {
      const failure = asFailure(error);
      if (!isAboutFile(failure)) throw failure;
      reason = failure.message;
    }
    if (this.#options.lostBlobs !== undefined) return;
    const { path, snapshotId } = await this.#paths.of(entry);
    const message = `${path} in snapshot ${snapshotId}: ${reason}`;
    const { packId } = this.#repository.index.entryAt(entry);
    this.#log.add({ kind: 'tree-damaged', severity: 'error', message, snapshotId, path, blobId: id, packId });
  }

  async #take({ entry, subtrees, contents }: TreeIds, next: number[]): Promise<void> {
    const { index } = this.#repository;
    for (let at = 0; at < subtrees.length; at += ID_BYTES) {
      const subtree = index.entryOf('tree', subtrees, at);
      if (subtree >= 0) {
        if (this.#paths.add(subtree, entry)) next.push(subtree);
      } else if (this.#options.lostBlobs === undefined) {
        const id = hexAt(subtrees, at);
        const { path, snapshotId } = await this.#paths.below(entry, id);
        this.#treeMissing(id, snapshotId, path);
      }
    }
    const lost = new Set<string>();
    for (let at = 0; at < contents.length; at += ID_BYTES) {
      if (this.#isLost(contents, at)) lost.add(hexAt(contents, at));
    }
    if (lost.size > 0) await this.#reportFiles(entry, lost);
  }

  #isLost(ids: Uint8Array, at: number): boolean {
    const { lostBlobs } = this.#options;
    if (lostBlobs !== undefined) return lostBlobs.has(hexAt(ids, at));
    return this.#repository.index.entryOf('data', ids, at) < 0;
  }

  #treeMissing(blobId: string, snapshotId: string, path: string): void {
    if (this.#options.lostBlobs !== undefined) return;
    const packId = this.#repository.index.lookupAbsent('tree', blobId)[0]?.packId;
    const message = `${path} in snapshot ${snapshotId}: no pack holds its tree ${blobId}${wouldBeIn(packId)}`;
    const where = { snapshotId, path, blobId, ...(packId !== undefined && { packId }) };
    this.#log.add({ kind: 'tree-missing', severity: 'error', message, ...where });
  }

  /** The files of one tree that use a lost blob. */
  async #reportFiles(entry: number, lost: ReadonlySet<string>): Promise<void> {
    const { index } = this.#repository;
    const damaged = this.#options.lostBlobs !== undefined;
    const unnamed = new Set(lost);
    const tell = ({ path, snapshotId }: TreePlace, blobId: string): void => {
      const packId = damaged
        ? index.lookup('data', blobId)?.packId
        : index.lookupAbsent('data', blobId)[0]?.packId;
      const what = damaged
        ? `its data blob ${blobId} is damaged${packId === undefined ? '' : ` in pack ${packId}`}`
        : `no pack holds its data blob ${blobId}${wouldBeIn(packId)}`;
      const message = `${path} in snapshot ${snapshotId}: ${what}`;
      const where = { snapshotId, path, blobId, ...(packId !== undefined && { packId }) };
      this.#log.add({
        kind: damaged ? 'file-damaged' : 'blob-missing',
        severity: 'error',
        message,
        ...where,
      });
    };
    for await (const { path, snapshotId, node } of this.#paths.nodesOf(entry)) {
      for (const blobId of new Set(node.content ?? [])) {
        if (!lost.has(blobId)) continue;
        tell({ path, snapshotId }, blobId);
        unnamed.delete(blobId);
      }
    }
    // Of a tree that can be scanned but not decoded no file can be named.
    for (const blobId of unnamed) tell(await this.#paths.of(entry), blobId);
  }

  async #nodeFlaw(entry: number, { name, flaw }: Pick<NodeFlaw, 'name' | 'flaw'>): Promise<void> {
    if (this.#options.lostBlobs !== undefined) return;
    const { path, snapshotId } = await this.#paths.named(entry, name);
    const { id } = this.#repository.index.entryAt(entry);
    const message = `${path} in snapshot ${snapshotId} ${flaw}`;
    this.#log.add({ kind: 'tree-damaged', severity: 'error', message, snapshotId, path, blobId: id });
  }
}

function* treesOf(verdict: TreesVerdict, entries: readonly number[]): Generator<TreeIds> {
  const { subtrees, contents, subtreeCounts, contentCounts } = verdict;
  let [subtreesAt, contentsAt] = [0, 0];
  for (const [which, entry] of entries.entries()) {
    const subtreesEnd = subtreesAt + (subtreeCounts[which] ?? 0) * ID_BYTES;
    const contentsEnd = contentsAt + (contentCounts[which] ?? 0) * ID_BYTES;
    yield {
      entry,
      subtrees: subtrees.subarray(subtreesAt, subtreesEnd),
      contents: contents.subarray(contentsAt, contentsEnd),
    };
    [subtreesAt, contentsAt] = [subtreesEnd, contentsEnd];
  }
}

function hexAt(ids: Uint8Array, at: number): string {
  return Buffer.from(ids.buffer, ids.byteOffset + at, ID_BYTES).toString('hex');
}

function wouldBeIn(packId: string | undefined): string {
  return packId === undefined ? '' : `, which an index puts into pack ${packId}`;
}
