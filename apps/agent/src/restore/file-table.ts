import { unixPermissions } from '@breakwater/restic-format/file-mode';
import type { ExtendedAttribute, TreeNode } from '@breakwater/restic-format/tree';
import { timesOf } from '../posix/libc.ts';
import type { EntryMetadata, Ownership } from './apply-metadata.ts';

/** A file as it is sent to a thread. */
export interface TableFile {
  /** The open file; or its folder, when it is to be made. */
  descriptor: number;
  /** Null: `descriptor` is the file. Otherwise the name under which it is made. */
  name: Uint8Array | null;
  /** What it is given at its end; null when others have pieces of it, too. */
  node: TreeNode | null;
  /** Bytes. */
  size: number;
  /** Zeros may become holes. */
  sparse: boolean;
}

/** Many files as few arrays: what a thread is sent is copied, and small objects are copied slowly. */
export interface FileTable {
  numbers: Float64Array;
  /** Access and modification time of each as seconds and nanoseconds. */
  times: BigInt64Array;
  /** The names, one after the other. */
  names: Uint8Array;
  /** Of the few files that have any. */
  attributes: { file: number; list: ExtendedAttribute[] }[];
}

const WIDTH = 8;
const [DESCRIPTOR, NAME_END, SIZE, SPARSE, HAS_METADATA, UID, GID, MODE] = [0, 1, 2, 3, 4, 5, 6, 7];
const TIMES = 4;

export function packFiles(files: readonly TableFile[]): FileTable {
  const numbers = new Float64Array(files.length * WIDTH);
  const times = new BigInt64Array(files.length * TIMES);
  const names = new Uint8Array(files.reduce((sum, { name }) => sum + (name?.length ?? 0), 0));
  const attributes: FileTable['attributes'] = [];
  let nameEnd = 0;
  for (const [at, { descriptor, name, node, size, sparse }] of files.entries()) {
    const base = at * WIDTH;
    if (name !== null) names.set(name, nameEnd);
    nameEnd += name?.length ?? 0;
    numbers[base + DESCRIPTOR] = descriptor;
    numbers[base + NAME_END] = nameEnd;
    numbers[base + SIZE] = size;
    numbers[base + SPARSE] = sparse ? 1 : 0;
    if (node === null) continue;
    numbers[base + HAS_METADATA] = 1;
    numbers[base + UID] = node.uid;
    numbers[base + GID] = node.gid;
    numbers[base + MODE] = unixPermissions(node.mode);
    times.set(timesOf(node.atime.ns, node.mtime.ns), at * TIMES);
    if (node.extendedAttributes.length > 0) attributes.push({ file: at, list: node.extendedAttributes });
  }
  return { numbers, times, names, attributes };
}

/** Reads a table on the other side. */
export class FileTableReader {
  readonly #table: FileTable;
  readonly #attributes: Map<number, ExtendedAttribute[]>;

  constructor(table: FileTable) {
    this.#table = table;
    this.#attributes = new Map(table.attributes.map(({ file, list }) => [file, list]));
  }

  get count(): number {
    return this.#table.numbers.length / WIDTH;
  }

  descriptor(file: number): number {
    return this.#number(file, DESCRIPTOR);
  }

  /** Whether it is to be made. */
  isNew(file: number): boolean {
    const start = file === 0 ? 0 : this.#number(file - 1, NAME_END);
    return start !== this.#number(file, NAME_END);
  }

  /** Null when the descriptor is the file itself. */
  name(file: number): Uint8Array | null {
    const start = file === 0 ? 0 : this.#number(file - 1, NAME_END);
    const end = this.#number(file, NAME_END);
    return start === end ? null : this.#table.names.subarray(start, end);
  }

  size(file: number): number {
    return this.#number(file, SIZE);
  }

  isSparse(file: number): boolean {
    return this.#number(file, SPARSE) === 1;
  }

  /** What it is given at its end is no more than this and times. Null when that is more, or nothing. */
  ownership(file: number): Ownership | null {
    if (this.#number(file, HAS_METADATA) === 0 || this.#attributes.has(file)) return null;
    return { uid: this.#number(file, UID), gid: this.#number(file, GID), mode: this.#number(file, MODE) };
  }

  metadata(file: number): EntryMetadata | null {
    if (this.#number(file, HAS_METADATA) === 0) return null;
    return {
      uid: this.#number(file, UID),
      gid: this.#number(file, GID),
      mode: this.#number(file, MODE),
      times: this.#table.times.subarray(file * TIMES, (file + 1) * TIMES),
      attributes: this.#attributes.get(file) ?? [],
    };
  }

  #number(file: number, column: number): number {
    return this.#table.numbers[file * WIDTH + column] ?? 0;
  }
}
