import { createRepositoryFiles } from '../initial-files.ts';
import { openKey } from '../key-file.ts';
import type { PackStore } from '../pack-store.ts';
import { openRepositoryWithKey, type Repository } from '../repository.ts';
import { MemoryStore } from './memory-store.ts';

/** Opens what `newRepository` makes. */
export const TEST_PASSWORD = 'password';

// Deriving keys takes a tenth of a second each time: once a process is enough.
let files: ReturnType<typeof createRepositoryFiles> | null = null;

/** An empty repository, opened, its index loaded. All of one process have the same id and key. */
export async function newRepository<Store extends PackStore = MemoryStore>(
  store: Store = new MemoryStore() as PackStore as Store,
): Promise<{ store: Store; repository: Repository }> {
  files ??= createRepositoryFiles(TEST_PASSWORD, { hostname: 'here', username: 'me' });
  const { config, key } = await files;
  await store.write('keys', key.name, [key.bytes]);
  await store.write('config', 'config', [config]);
  const repository = await openRepositoryWithKey(store, await masterKey(), key.name);
  await repository.loadIndex();
  return { store, repository };
}

let opened: ReturnType<typeof openKey> | null = null;

async function masterKey(): ReturnType<typeof openKey> {
  files ??= createRepositoryFiles(TEST_PASSWORD, { hostname: 'here', username: 'me' });
  opened ??= openKey((await files).key.bytes, TEST_PASSWORD);
  return opened;
}
