import type { PackStore } from '@breakwater/restic-format/pack-store';

/** The same store to read from; whatever is written or removed comes to nothing, for dry runs. */
export function discardingStore(store: PackStore): PackStore {
  return {
    location: store.location,
    packFiles: store.packFiles,
    list: (kind, signal) => store.list(kind, signal),
    stat: (kind, name, signal) => store.stat(kind, name, signal),
    read: (kind, name, range, signal) => store.read(kind, name, range, signal),
    write: async () => undefined,
    remove: async () => undefined,
  };
}
