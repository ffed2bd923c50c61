import { openRepository } from '@breakwater/restic-format/repository';
import { OnlyIndexStore } from './only-index-store.ts';

/** Loads the index of the repository in its argument and tells what that took. Needs `--expose-gc`. */
const folder = process.argv[2] ?? '';
const collect = (globalThis as unknown as { gc: () => void }).gc;

const store = new OnlyIndexStore(folder);
const repository = await openRepository(store, 'bench');
collect();
const before = process.memoryUsage();
const began = performance.now();
const cpuBefore = process.cpuUsage();
const index = await repository.loadIndex();
const wallSeconds = (performance.now() - began) / 1000;
const cpu = process.cpuUsage(cpuBefore);
collect();
collect();
const after = process.memoryUsage();
const used = ({ heapUsed, external }: NodeJS.MemoryUsage): number => heapUsed + external;
// Looked up, so that it is known to hold them.
let found = 0;
for (const { type, id } of index.blobs()) {
  if (index.has(type, id)) found += 1;
  if (found === 100_000) break;
}
process.stdout.write(
  JSON.stringify({
    blobs: index.size,
    found,
    wallSeconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    indexBytes: used(after) - used(before),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
