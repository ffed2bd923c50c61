import { MemoryStore } from './memory-store.ts';
import { describePackStore } from './pack-store-conformance.ts';

describePackStore('MemoryStore', async () => ({ store: new MemoryStore() }));
