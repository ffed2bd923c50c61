import { createHash } from 'node:crypto';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { ReplicatedFile } from '@breakwater/domain/replication-plan';
import type { PackStore } from '@breakwater/restic-format/pack-store';
import type { RepositoryStore } from '../store/repository-store.ts';

/** Read at a time: what a broken connection makes the node fetch again. */
const CHUNK_BYTES = 4 * 1024 * 1024;

export interface PullFileOptions {
  repository: string;
  source: Pick<PackStore, 'read' | 'location'>;
  store: RepositoryStore;
  signal: AbortSignal;
  /** Asked before the file is put in its place; throws when it may not be any more. */
  assertMayWrite: () => void;
}

/**
 * Fetches one file piece by piece and puts it in its place when its SHA-256 is its name. Throws `pack-damaged` when
 * the source has other bytes under this name; nothing of such a file is kept.
 */
export async function pullFile(file: ReplicatedFile, options: PullFileOptions): Promise<void> {
  const { repository, source, store, signal } = options;
  const { kind, name, size } = file;
  const sink = await store.receive({ repository, kind, name }, { expectedBytes: size, mayUseReserve: false });
  try {
    const hash = createHash('sha256');
    for (let offset = 0; offset < size; offset += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, size - offset);
      const chunk = await source.read(kind, name, { offset, length }, signal);
      hash.update(chunk);
      await sink.append([chunk]);
    }
    options.assertMayWrite();
    await sink.commit({ sha256: hash.digest('hex'), bytes: size });
  } catch (error) {
    await sink.abandon();
    const failure = asFailure(error);
    if (failure.code !== 'hash-mismatch' && failure.code !== 'bad-range') throw error;
    throw new Failure(
      'pack-damaged',
      `${kind}/${name} at ${source.location} is damaged: its content is not what its name says. It was not copied.`,
      { cause: error },
    );
  }
}
