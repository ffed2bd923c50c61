import { plaintextLength } from '@breakwater/restic-format/blob';
import { constants } from 'node:fs';
import type { Remark } from '@breakwater/contract/remark';
import { rawBytes } from '@breakwater/restic-format/raw-string';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { openAt } from '../posix/libc.ts';
import { TreeReader } from '../read/tree-reader.ts';
import { say } from '../remarks/say.ts';
import { CompareList } from './compare-list.ts';
import { noteWriteError, type RestoreJob } from './restore-job.ts';
import { judge, type Selection } from './selection.ts';
import type { TargetFolder } from './target-folder.ts';

/**
 * Reads the files of a finished restore again and compares them with their blobs; one that differs is an issue.
 * Files that were left out or have failed already are passed over. Returns how many were read.
 */
export async function verifyFiles(job: RestoreJob, tree: string, selection: Selection): Promise<number> {
  const verifier = new Verifier(job);
  const top: TargetFolder = {
    parent: null,
    name: Buffer.alloc(0),
    path: '/',
    node: null,
    state: 'there',
    names: null,
  };
  await verifier.visit(tree, top, selection, []);
  await verifier.finish();
  return verifier.count;
}

interface VerifiedFile {
  path: string;
  /** Plaintext bytes of each blob. */
  lengths: number[];
}

class Verifier {
  readonly #job: RestoreJob;
  readonly #trees: TreeReader;
  #list = new CompareList<VerifiedFile>();
  readonly #underWay = new Set<Promise<void>>();
  #failure: { error: unknown } | null = null;
  count = 0;

  constructor(job: RestoreJob) {
    this.#job = job;
    this.#trees = new TreeReader(job.repository, job.signal);
  }

  async visit(
    treeId: string,
    folder: TargetFolder,
    selection: Selection,
    upcoming: readonly string[],
  ): Promise<void> {
    const { nodes } = await this.#trees.load(treeId, upcoming);
    const subtrees = nodes.flatMap(({ subtree }) => subtree ?? []);
    for (const node of nodes) {
      if (node.subtree !== null) subtrees.shift();
      throwIfCancelled(this.#job.signal);
      const path = `${folder.path === '/' ? '' : folder.path}/${node.name}`;
      const { taken, below } = judge(selection, path, node.name);
      const name = rawBytes(node.name);
      if (node.type === 'file' && taken && !this.#job.counters.exempt.has(path)) {
        await this.#add(node, folder, name, path);
      } else if (node.subtree !== null && below !== null) {
        const own: TargetFolder = { parent: folder, name, path, node, state: 'there', names: null };
        await this.visit(node.subtree, own, below, subtrees);
      }
    }
  }

  async finish(): Promise<void> {
    this.#send();
    await Promise.all(this.#underWay);
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #add(node: TreeNode, folder: TargetFolder, name: Buffer, path: string): Promise<void> {
    const { folders, repository, pool, breather } = this.#job;
    const lengths = (node.content ?? []).map((id) => {
      const location = repository.index.lookup('data', id);
      return location === undefined ? 0 : plaintextLength(location);
    });
    try {
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const descriptor = openAt(folders.open(folder), name, flags);
      this.#list.add(repository, { path, lengths }, descriptor, node, false);
    } catch (error) {
      noteWriteError(this.#job, path, error);
      return;
    }
    if (this.#list.isFull) this.#send();
    while (this.#underWay.size >= pool.places) await Promise.race(this.#underWay);
    if (breather.due) await breather.pause();
    if (this.#failure !== null) throw this.#failure.error;
  }

  #send(): void {
    const list = this.#list;
    if (list.isEmpty) return;
    this.#list = new CompareList();
    const done = this.#compare(list)
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #compare(list: CompareList<VerifiedFile>): Promise<void> {
    const result = await this.#job.pool.perform(list.order(), list.bytes);
    for (const [at, { matches, size, error }] of result.files.entries()) {
      this.count += 1;
      const { path = '', lengths = [] } = list.items[at] ?? {};
      const expected = lengths.reduce((sum, length) => sum + length, 0);
      const wrong = matches.indexOf(0);
      let flaw: Remark | null = null;
      if (error !== null) flaw = say('read-back-failed', { why: error.message });
      else if (size !== expected) flaw = say('size-differs', { size, expected });
      else if (wrong >= 0) {
        const offset = lengths.slice(0, wrong).reduce((sum, length) => sum + length, 0);
        flaw = say('content-differs', { offset });
      }
      if (flaw !== null) this.#job.issues.add(path, 'restore', 'damaged', flaw);
    }
  }
}
