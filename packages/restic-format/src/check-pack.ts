import { hash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import type { PackedBlob } from './blob.ts';
import type { Problem } from './check-problem.ts';
import { readPackHeader } from './pack.ts';
import type { Repository } from './repository.ts';
import { openBlob } from './sealed-blob.ts';

/** Reads a pack whole: its hash, its header against what the index says of it, and every blob. */
export async function checkPack(
  repository: Repository,
  packId: string,
  indexed: readonly PackedBlob[],
  signal?: AbortSignal,
): Promise<Problem[]> {
  const bytes = await repository.store.read('data', packId, undefined, signal);
  const problems: Problem[] = [];
  function note(message: string, blobId?: string): void {
    const blob = blobId === undefined ? {} : { blobId };
    problems.push({ kind: 'pack-damaged', severity: 'error', message, packId, ...blob });
  }
  if (hash('sha256', bytes, 'hex') !== packId)
    note(`pack ${packId}: its bytes have another hash than its name`);
  const inHeader = headerOf(repository, packId, bytes, note);
  if (inHeader !== null && describe(inHeader) !== describe(indexed)) {
    note(`pack ${packId}: its header and the index tell of different blobs`);
  }
  for (const blob of indexed) {
    const sealed = bytes.subarray(blob.offset, blob.offset + blob.length);
    const opened = openBlob(repository.key, sealed, blob);
    if (!opened.ok)
      note(`pack ${packId} is damaged at ${blob.type} blob ${blob.id}: ${opened.reason}`, blob.id);
  }
  return problems;
}

function headerOf(
  repository: Repository,
  packId: string,
  bytes: Buffer,
  note: (message: string) => void,
): PackedBlob[] | null {
  try {
    const tail = readPackHeader(repository.key, packId, bytes.length, bytes);
    return tail.found === 'header' ? tail.blobs : null;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'pack-damaged') throw error;
    note(error.message);
    return null;
  }
}

function describe(blobs: readonly PackedBlob[]): string {
  const lines = blobs.map((one) =>
    [one.offset, one.length, one.uncompressedLength, one.type, one.id].join(' '),
  );
  return lines.sort().join('\n');
}
