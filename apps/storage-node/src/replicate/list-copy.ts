import type { CopyListing } from '@breakwater/domain/replication-plan';
import type { RestStore } from '@breakwater/storage-client/rest-store';
import type { RepositoryStore } from '../store/repository-store.ts';

type Listed = Pick<RestStore, 'list'>;

/**
 * Lists a copy in the order in which a source has to be: backups write packs, then indexes, then snapshots, so that
 * whatever a listed snapshot needs is listed after it.
 */
export async function listSource(source: Listed, signal: AbortSignal): Promise<CopyListing> {
  const sizes = async (kind: 'snapshots' | 'index' | 'data') =>
    new Map((await source.list(kind, signal)).map(({ name, size }) => [name, size]));
  return { snapshots: await sizes('snapshots'), indexes: await sizes('index'), packs: await sizes('data') };
}

/** This node's own copy. */
export async function listOwn(store: RepositoryStore, repository: string): Promise<CopyListing> {
  const sizes = async (kind: 'snapshots' | 'index' | 'data') => {
    const files = new Map<string, number>();
    for await (const batch of store.list(repository, kind)) {
      for (const { name, size } of batch) files.set(name, size);
    }
    return files;
  };
  return { snapshots: await sizes('snapshots'), indexes: await sizes('index'), packs: await sizes('data') };
}
