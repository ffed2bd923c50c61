import { asFailure } from '@breakwater/domain/failure';
import { isAboutFile } from './check-problem.ts';
import { goUnquote } from './go-quote.ts';
import { rawToDisplay } from './raw-string.ts';
import type { Repository } from './repository.ts';
import type { TreeNode } from './tree.ts';

const NONE = 0;
const ROOT = 0xffff_ffff;
/** Paths that are asked for again and again while one folder's problems are told. */
const MAX_KEPT = 1000;

export interface TreePlace {
  /** The first snapshot that was found to have it, and the path there, for people. */
  snapshotId: string;
  path: string;
}

/**
 * Where trees lie, by their entry in the index: 4 bytes each, for the tree that refers to it. The names are looked up
 * when a path is wanted.
 */
export class TreePaths {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  /** Entry of the parent plus one. */
  readonly #parents: Uint32Array;
  readonly #roots = new Map<number, string>();
  #known = new Map<number, TreePlace>();

  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
    this.#parents = new Uint32Array(repository.index.entryCount);
  }

  /** False when the tree was met before. */
  addRoot(entry: number, snapshotId: string): boolean {
    if (this.#parents[entry] !== NONE) return false;
    this.#parents[entry] = ROOT;
    this.#roots.set(entry, snapshotId);
    return true;
  }

  /** False when the tree was met before. */
  add(entry: number, parent: number): boolean {
    if (this.#parents[entry] !== NONE) return false;
    this.#parents[entry] = parent + 1;
    return true;
  }

  async of(entry: number): Promise<TreePlace> {
    const known = this.#known.get(entry);
    if (known !== undefined) return known;
    const parent = this.#parents[entry] ?? NONE;
    const { id } = this.#repository.index.entryAt(entry);
    const place =
      parent === ROOT || parent === NONE
        ? { snapshotId: this.#roots.get(entry) ?? '', path: '/' }
        : await this.below(parent - 1, id);
    if (this.#known.size >= MAX_KEPT) this.#known = new Map();
    this.#known.set(entry, place);
    return place;
  }

  /** Of the subtree `id` of a tree. */
  async below(parent: number, id: string): Promise<TreePlace> {
    const nodes = await this.#nodes(parent);
    const node = nodes.find(({ subtree }) => subtree === id);
    return join(await this.of(parent), node === undefined ? '?' : rawToDisplay(node.name));
  }

  /** Of the node whose name stands in the tree's JSON as `name`. */
  async named(parent: number, name: string): Promise<TreePlace> {
    return join(await this.of(parent), rawToDisplay(unquoted(name)));
  }

  async *nodesOf(entry: number): AsyncGenerator<TreePlace & { node: TreeNode }> {
    const place = await this.of(entry);
    for (const node of await this.#nodes(entry)) yield { ...join(place, rawToDisplay(node.name)), node };
  }

  async #nodes(entry: number): Promise<TreeNode[]> {
    try {
      const { nodes } = await this.#repository.loadTree(
        this.#repository.index.entryAt(entry).id,
        this.#signal,
      );
      return nodes;
    } catch (error) {
      if (!isAboutFile(asFailure(error))) throw error;
      return [];
    }
  }
}

function join({ snapshotId, path }: TreePlace, name: string): TreePlace {
  return { snapshotId, path: `${path === '/' ? '' : path}/${name}` };
}

function unquoted(name: string): string {
  try {
    return goUnquote(name, 'a name');
  } catch {
    return name;
  }
}
