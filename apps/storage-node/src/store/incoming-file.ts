import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { diskFailure } from './disk-failure.ts';
import type { FileSystem, WritableFile } from './file-system.ts';
import type { NameTurns } from './name-turns.ts';
import { folderOf, INCOMING_PREFIX, pathOf } from './repository-layout.ts';
import type { BodyDigest, FileAddress, FileSink } from './repository-store.ts';
import type { SpaceLease } from './space-budget.ts';

const COMPARE_CHUNK_BYTES = 1024 * 1024;

export interface IncomingContext {
  fs: FileSystem;
  root: string;
  turns: NameTurns;
  /** Paths of bodies on their way in, so that cleaning up leaves them alone. */
  live: Set<string>;
  onStored: (file: FileAddress, bytes: number) => void;
}

/**
 * The durable write: a temporary file in the target folder, synced, renamed, and the folder synced. A file that
 * has its final name is therefore whole, and one that was acknowledged survives a crash.
 */
export class IncomingFile implements FileSink {
  readonly #context: IncomingContext;
  readonly #address: FileAddress;
  readonly #lease: SpaceLease;
  readonly #path: string;
  readonly #file: WritableFile;
  #isOpen = true;
  #isEnded = false;
  #isPlaced = false;

  private constructor(
    context: IncomingContext,
    address: FileAddress,
    lease: SpaceLease,
    path: string,
    file: WritableFile,
  ) {
    this.#context = context;
    this.#address = address;
    this.#lease = lease;
    this.#path = path;
    this.#file = file;
  }

  /** The folder must be there. */
  static async create(
    context: IncomingContext,
    address: FileAddress,
    lease: SpaceLease,
  ): Promise<IncomingFile> {
    const path = join(folderOf(context.root, address), `${INCOMING_PREFIX}${randomUUID()}`);
    context.live.add(path);
    try {
      return new IncomingFile(context, address, lease, path, await context.fs.createFile(path));
    } catch (error) {
      context.live.delete(path);
      throw error;
    }
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.byteLength;
    await this.#lease.take(bytes);
    try {
      await this.#file.append(chunks);
    } catch (error) {
      throw diskFailure(error);
    }
  }

  async commit(digest: BodyDigest): Promise<'stored' | 'was-there'> {
    const { fs, root, turns, onStored } = this.#context;
    const final = pathOf(root, this.#address);
    try {
      assertNamedAfterContent(this.#address, digest);
      await this.#file.sync();
      await this.#file.close();
      this.#isOpen = false;
      const outcome = await turns.take(final, async () => {
        if ((await fs.fileSize(final)) !== null) return 'was-there' as const;
        await fs.renameFile(this.#path, final);
        this.#isPlaced = true;
        onStored(this.#address, digest.bytes);
        await fs.syncFolder(folderOf(root, this.#address));
        return 'stored' as const;
      });
      if (outcome === 'was-there') await confirmSame(fs, root, this.#address, digest);
      return outcome;
    } catch (error) {
      throw diskFailure(error);
    } finally {
      await this.abandon();
    }
  }

  async abandon(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#lease.release();
    // What cannot be closed or removed now is cleaned up at the next start; it is never listed.
    if (this.#isOpen) await this.#file.close().catch(() => undefined);
    if (!this.#isPlaced) await this.#context.fs.removeFile(this.#path).catch(() => undefined);
    this.#context.live.delete(this.#path);
  }
}

/** For a name that is taken: the body is only compared, nothing is written. */
export class RepeatedFile implements FileSink {
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #address: FileAddress;

  constructor(fs: FileSystem, root: string, address: FileAddress) {
    this.#fs = fs;
    this.#root = root;
    this.#address = address;
  }

  async append(): Promise<void> {}

  async commit(digest: BodyDigest): Promise<'was-there'> {
    assertNamedAfterContent(this.#address, digest);
    try {
      await confirmSame(this.#fs, this.#root, this.#address, digest);
    } catch (error) {
      throw diskFailure(error);
    }
    return 'was-there';
  }

  async abandon(): Promise<void> {}
}

function assertNamedAfterContent(address: FileAddress, digest: BodyDigest): void {
  if (address.kind === 'config' || digest.sha256 === address.name) return;
  throw new Failure(
    'hash-mismatch',
    `The body's SHA-256 is ${digest.sha256}, the name says ${address.name}. Nothing was stored.`,
  );
}

/**
 * Resolves when the stored file has this digest, and is durable: it may have been renamed by an upload whose
 * folder was never synced. `already-exists` when it holds something else.
 */
async function confirmSame(
  fs: FileSystem,
  root: string,
  address: FileAddress,
  digest: BodyDigest,
): Promise<void> {
  const file = await fs.openFile(pathOf(root, address));
  try {
    const hash = createHash('sha256');
    if (file.size === digest.bytes) {
      for (let offset = 0; offset < file.size; ) {
        const chunk = await file.read(offset, Math.min(COMPARE_CHUNK_BYTES, file.size - offset));
        if (chunk.byteLength === 0) break;
        hash.update(chunk);
        offset += chunk.byteLength;
      }
    }
    if (file.size !== digest.bytes || hash.digest('hex') !== digest.sha256) {
      throw new Failure(
        'already-exists',
        `${address.kind === 'config' ? 'config' : `${address.kind}/${address.name}`} is there with other content; stored files are never overwritten.`,
      );
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.syncFolder(folderOf(root, address));
}
