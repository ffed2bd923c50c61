import { createHash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { isId } from './blob.ts';
import type { RepositoryKey } from './crypto.ts';
import { readPackHeader } from './pack.ts';
import { type PackSource, PackSourceReader } from './pack-source.ts';
import type { OpenPackFile } from './pack-store.ts';
import { ENTRY_BYTES, encodeEntries, readEntry } from './packed-entries.ts';
import { BlobOpener } from './sealed-blob.ts';

/** A piece of a check, done in a thread. `entries`: see packed-entries.ts, by offset. */
export type CheckJob =
  /** A whole pack, and what the index says lies in it. */
  | { work: 'pack'; packId: string; source: PackSource; entries: Uint8Array }
  /** Trees that lie together; offsets count from the beginning of the source. */
  | { work: 'trees'; source: PackSource; entries: Uint8Array };

export interface DamagedEntry {
  /** Which of the job's entries. */
  entry: number;
  reason: string;
}

export interface PackVerdict {
  work: 'pack';
  /** What is wrong with the pack as a whole: sentences that begin with a verb. */
  flaws: string[];
  damaged: DamagedEntry[];
}

export interface NodeFlaw {
  /** Which of the job's trees. */
  entry: number;
  name: string;
  flaw: string;
}

export interface TreesVerdict {
  work: 'trees';
  damaged: DamagedEntry[];
  flaws: NodeFlaw[];
  /** For each tree how many ids of it stand in `subtrees` and `contents`, 32 bytes each. */
  subtreeCounts: Uint32Array;
  contentCounts: Uint32Array;
  subtrees: Uint8Array;
  contents: Uint8Array;
}

/** The thread could not read the source itself: whoever asks the store is told why. */
export interface Unread {
  work: 'unread';
}

export type CheckVerdict = PackVerdict | TreesVerdict;

/** Bytes of a pack that are read at once: so many stay in the processor's cache for all that is done with them. */
const STRETCH_BYTES = 512 * 1024;

/** Does one job after the other, in memory that it uses again. One for each thread. */
export class CheckPerformer {
  readonly #key: RepositoryKey;
  readonly #opener: BlobOpener;
  readonly #reader: PackSourceReader;

  constructor(key: RepositoryKey, openFile: OpenPackFile | null) {
    this.#key = key;
    this.#reader = new PackSourceReader(openFile);
    this.#opener = new BlobOpener(key);
  }

  perform(job: CheckJob): CheckVerdict | Unread {
    try {
      return job.work === 'pack' ? this.#verifyPack(job) : this.#scanTrees(job);
    } catch (error) {
      if (job.source instanceof Uint8Array) throw error;
      return { work: 'unread' };
    }
  }

  #verifyPack({ packId, source, entries: given }: Extract<CheckJob, { work: 'pack' }>): PackVerdict | Unread {
    const entries = asBuffer(given);
    const damaged: DamagedEntry[] = [];
    const flaws: string[] = [];
    return this.#reader.inParts(source, (part, size) => {
      if (size !== source.length) return { work: 'unread' };
      const hash = createHash('sha256');
      let end = 0;
      for (const stretch of stretchesOf(entries, size)) {
        const bytes = part(stretch.from, stretch.to);
        hash.update(bytes);
        for (let entry = stretch.first; entry < stretch.next; entry += 1) {
          const reason = this.#flawOf(bytes, stretch.from, entries, entry);
          if (reason !== null) damaged.push({ entry, reason });
        }
        end = stretch.to;
      }
      const rest = part(end, size);
      if (hash.update(rest).digest('hex') !== packId) flaws.push('has other bytes than its name says');
      const flaw = this.#headerFlaw(packId, size, rest, part, entries);
      if (flaw !== null) flaws.push(flaw);
      return { work: 'pack', flaws, damaged };
    });
  }

  #flawOf(bytes: Buffer, from: number, entries: Buffer, entry: number): string | null {
    const blob = readEntry(entries, entry * ENTRY_BYTES);
    const at = blob.offset - from;
    const opened = this.#opener.open(bytes.subarray(at, at + blob.length), blob);
    return opened.ok ? null : opened.reason;
  }

  /** `rest`: what follows the last blob; a header that begins before that is read once more. */
  #headerFlaw(
    packId: string,
    size: number,
    rest: Buffer,
    part: (from: number, to: number) => Buffer,
    entries: Buffer,
  ): string | null {
    try {
      let tail = readPackHeader(
        this.#key,
        packId,
        size,
        rest.length >= 4 ? rest : part(Math.max(0, size - 4), size),
      );
      if (tail.found === 'more') {
        tail = readPackHeader(this.#key, packId, size, part(size - tail.bytesNeeded, size));
      }
      const same = tail.found === 'header' && encodeEntries(tail.blobs).equals(entries);
      return same ? null : 'has a header that tells of other blobs than the index';
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'pack-damaged') throw error;
      return error.message.replace(`pack ${packId} `, '');
    }
  }

  #scanTrees({ source, entries: given }: Extract<CheckJob, { work: 'trees' }>): TreesVerdict {
    const entries = asBuffer(given);
    const bytes = this.#reader.read(source);
    const count = entries.length / ENTRY_BYTES;
    const verdict = {
      damaged: [] as DamagedEntry[],
      flaws: [] as NodeFlaw[],
      subtreeCounts: new Uint32Array(count),
      contentCounts: new Uint32Array(count),
    };
    const subtrees: string[] = [];
    const contents: string[] = [];
    for (let entry = 0; entry < count; entry += 1) {
      const blob = readEntry(entries, entry * ENTRY_BYTES);
      const opened = this.#opener.open(bytes.subarray(blob.offset, blob.offset + blob.length), blob);
      const [subtreesBefore, contentsBefore] = [subtrees.length, contents.length];
      const found = opened.ok ? scanTree(opened.plaintext, subtrees, contents) : opened.reason;
      if (typeof found === 'string') {
        verdict.damaged.push({ entry, reason: found });
        subtrees.length = subtreesBefore;
        contents.length = contentsBefore;
        continue;
      }
      for (const flaw of found) verdict.flaws.push({ entry, ...flaw });
      verdict.subtreeCounts[entry] = subtrees.length - subtreesBefore;
      verdict.contentCounts[entry] = contents.length - contentsBefore;
    }
    const [subtreeIds, contentIds] = [subtrees, contents].map((ids) => Buffer.from(ids.join(''), 'hex'));
    return {
      work: 'trees',
      ...verdict,
      subtrees: subtreeIds ?? Buffer.of(),
      contents: contentIds ?? Buffer.of(),
    };
  }
}

interface Stretch {
  from: number;
  to: number;
  /** Entries that lie in it: from `first` to the one before `next`. */
  first: number;
  next: number;
}

/** Cuts a pack between blobs, from its beginning to the end of its last blob. What overlaps stays together. */
function* stretchesOf(entries: Buffer, size: number): Generator<Stretch> {
  const count = entries.length / ENTRY_BYTES;
  let stretch: Stretch = { from: 0, to: 0, first: 0, next: 0 };
  for (let entry = 0; entry < count; entry += 1) {
    const { offset, length } = readEntry(entries, entry * ENTRY_BYTES);
    const end = Math.min(size, offset + length);
    if (entry > stretch.first && offset >= stretch.to && end - stretch.from > STRETCH_BYTES) {
      yield stretch;
      stretch = { from: stretch.to, to: stretch.to, first: entry, next: entry };
    }
    stretch.to = Math.max(stretch.to, end);
    stretch.next = entry + 1;
  }
  yield stretch;
}

const WITHOUT_CONTENT = new Set(['symlink', 'socket', 'chardev', 'dev', 'fifo']);
const NULL_ID = '0'.repeat(64);

/**
 * Collects the ids a tree refers to. Returns what is wrong with nodes, by restic's rules, or why it is no tree at
 * all. Only what a check needs is looked at: decoding millions of nodes in full takes ten times as long.
 */
export function scanTree(
  json: Uint8Array,
  subtrees: string[],
  contents: string[],
): { name: string; flaw: string }[] | string {
  let tree: unknown;
  try {
    tree = JSON.parse(asBuffer(json).toString('utf8'));
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return 'it is no JSON object';
  const { nodes = null } = tree as { nodes?: unknown };
  // Go writes an empty list that was never made as null.
  if (nodes === null) return [];
  if (!Array.isArray(nodes)) return 'its nodes are no list';
  const flaws: { name: string; flaw: string }[] = [];
  for (const node of nodes as unknown[]) {
    if (typeof node !== 'object' || node === null) return 'a node of it is no object';
    const { name = null, type, content = null, subtree = null } = node as Record<string, unknown>;
    if (name !== null && typeof name !== 'string') return 'a node of it has a name that is no text';
    const flaw = collectNode({ type, content, subtree }, subtrees, contents);
    if (flaw !== null) flaws.push({ name: name ?? '', flaw });
    if (name === null || name === '') flaws.push({ name: '', flaw: 'has no name' });
  }
  return flaws;
}

function collectNode(
  { type, content, subtree }: { type: unknown; content: unknown; subtree: unknown },
  subtrees: string[],
  contents: string[],
): string | null {
  switch (type) {
    case 'file':
      return collectContent(content, contents);
    case 'dir':
      if (subtree === null || subtree === NULL_ID) return 'has no tree';
      if (!isId(subtree)) return 'has a tree whose id is none';
      subtrees.push(subtree);
      return null;
    default:
      if (typeof type === 'string' && WITHOUT_CONTENT.has(type)) return null;
      return `has ${typeof type === 'string' ? `the type ${JSON.stringify(type.slice(0, 80))}` : 'a type'} that nothing knows`;
  }
}

function collectContent(content: unknown, contents: string[]): string | null {
  if (content === null) return 'has no content';
  if (!Array.isArray(content)) return 'has content that is no list';
  let flaw: string | null = null;
  for (const id of content as unknown[]) {
    if (isId(id) && id !== NULL_ID) contents.push(id);
    else flaw = 'has content with an id that is none';
  }
  return flaw;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
