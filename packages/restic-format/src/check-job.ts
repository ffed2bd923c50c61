import { hash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { isId } from './blob.ts';
import type { RepositoryKey } from './crypto.ts';
import { readPackHeader } from './pack.ts';
import { ENTRY_BYTES, encodeEntries, readEntry } from './packed-entries.ts';
import type { BlobOpener, OpenedBlob } from './sealed-blob.ts';

/** A piece of a check, done in a thread. `entries`: see packed-entries.ts, by offset. */
export type CheckJob =
  /** A whole pack, and what the index says lies in it. */
  | { work: 'pack'; packId: string; bytes: Uint8Array; entries: Uint8Array }
  /** Trees that were read together; offsets count from the beginning of `bytes`. */
  | { work: 'trees'; bytes: Uint8Array; entries: Uint8Array };

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

export type CheckVerdict = PackVerdict | TreesVerdict;

export function performCheckJob(job: CheckJob, key: RepositoryKey, opener: BlobOpener): CheckVerdict {
  return job.work === 'pack' ? verifyPack(job, key, opener) : scanTrees(job, opener);
}

function verifyPack(
  job: Extract<CheckJob, { work: 'pack' }>,
  key: RepositoryKey,
  opener: BlobOpener,
): PackVerdict {
  const flaws: string[] = [];
  const damaged: DamagedEntry[] = [];
  const entries = asBuffer(job.entries);
  if (hash('sha256', job.bytes, 'hex') !== job.packId) flaws.push('has other bytes than its name says');
  const flaw = headerFlaw(job.packId, asBuffer(job.bytes), entries, key);
  if (flaw !== null) flaws.push(flaw);
  for (let entry = 0; entry * ENTRY_BYTES < entries.length; entry += 1) {
    const opened = openEntry(job.bytes, entries, entry, opener);
    if (!opened.ok) damaged.push({ entry, reason: opened.reason });
  }
  return { work: 'pack', flaws, damaged };
}

function headerFlaw(packId: string, bytes: Buffer, entries: Buffer, key: RepositoryKey): string | null {
  try {
    const tail = readPackHeader(key, packId, bytes.length, bytes);
    const same = tail.found === 'header' && encodeEntries(tail.blobs).equals(entries);
    return same ? null : 'has a header that tells of other blobs than the index';
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'pack-damaged') throw error;
    return error.message.replace(`pack ${packId} `, '');
  }
}

/** The plaintext is good until the next call. */
function openEntry(bytes: Uint8Array, entries: Buffer, entry: number, opener: BlobOpener): OpenedBlob {
  const blob = readEntry(entries, entry * ENTRY_BYTES);
  return opener.open(bytes.subarray(blob.offset, blob.offset + blob.length), blob);
}

function scanTrees(job: Extract<CheckJob, { work: 'trees' }>, opener: BlobOpener): TreesVerdict {
  const entries = asBuffer(job.entries);
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
    const opened = openEntry(job.bytes, entries, entry, opener);
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
