import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from './folder-store.ts';
import { describePackStore } from './pack-store-conformance.ts';

describePackStore('FolderStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  return { store: new FolderStore(folder), close: () => rm(folder, { recursive: true, force: true }) };
});
