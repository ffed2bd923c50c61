import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileKind, StoredFile } from '@breakwater/restic-format/pack-store';
import { DirectoryStore } from '../../apps/agent/src/store/directory-store.ts';

/**
 * A folder with a repository's index whose packs are only listed, in the file `packs` (id and size a line): five
 * million blobs are tens of TiB of packs.
 */
export class OnlyIndexStore extends DirectoryStore {
  override async list(kind: Exclude<FileKind, 'config'>, signal?: AbortSignal): Promise<StoredFile[]> {
    if (kind !== 'data') return await super.list(kind, signal);
    const lines = readFileSync(join(this.location, 'packs'), 'latin1').split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line) => ({ name: line.slice(0, 64), size: Number(line.slice(65)) }));
  }
}
