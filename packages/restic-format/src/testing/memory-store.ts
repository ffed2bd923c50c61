import { createHash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import type { ByteRange, FileKind, PackStore, StoredFile } from '../pack-store.ts';

/** A PackStore in memory, with the rules of a real one. `files` may be looked at and damaged by tests. */
export class MemoryStore implements PackStore {
  readonly location: string;
  readonly files = new Map<string, Buffer>();

  constructor(location = 'memory') {
    this.location = location;
  }

  async list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]> {
    refuseAborted(signal);
    const found: StoredFile[] = [];
    for (const [path, bytes] of this.files) {
      if (path.startsWith(`${kind}/`)) found.push({ name: path.slice(kind.length + 1), size: bytes.length });
    }
    return found;
  }

  async stat(kind: FileKind, name: string, signal?: AbortSignal): Promise<number | null> {
    refuseAborted(signal);
    return this.files.get(pathOf(kind, name))?.length ?? null;
  }

  async read(kind: FileKind, name: string, range?: ByteRange, signal?: AbortSignal): Promise<Buffer> {
    refuseAborted(signal);
    const bytes = this.files.get(pathOf(kind, name));
    if (bytes === undefined) throw new Failure('not-found', `${this.location} has no ${kind} file ${name}`);
    if (range === undefined) return Buffer.from(bytes);
    const end = range.offset + range.length;
    if (range.offset < 0 || range.length < 0 || end > bytes.length) {
      throw new Failure(
        'bad-range',
        `${kind} file ${name} has ${bytes.length} bytes, asked for up to ${end}`,
      );
    }
    return Buffer.from(bytes.subarray(range.offset, end));
  }

  async write(
    kind: FileKind,
    name: string,
    parts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    refuseAborted(signal);
    const path = pathOf(kind, name);
    const bytes = Buffer.concat(parts);
    if (kind !== 'config' && createHash('sha256').update(bytes).digest('hex') !== name) {
      throw new Failure('hash-mismatch', `the bytes for ${kind} file ${name} have another hash`);
    }
    const there = this.files.get(path);
    if (there !== undefined && !there.equals(bytes)) {
      throw new Failure('already-exists', `${kind} file ${name} is there with other bytes`);
    }
    this.files.set(path, bytes);
  }

  async remove(kind: FileKind, name: string, signal?: AbortSignal): Promise<void> {
    refuseAborted(signal);
    this.files.delete(pathOf(kind, name));
  }
}

function pathOf(kind: FileKind, name: string): string {
  const good = kind === 'config' ? name === 'config' : /^[0-9a-f]{64}$/.test(name);
  if (!good)
    throw new Failure('bad-name', `"${name}" is not the name of a ${kind} file: expected 64 hex digits`);
  return `${kind}/${name}`;
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
}
