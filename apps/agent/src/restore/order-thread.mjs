import module from 'node:module';
import { workerData } from 'node:worker_threads';

// Plain JavaScript, because a thread of its own reads types out of sources in 150 ms, unless it is told where the
// result is kept before it loads the first of them.
if (workerData.compiledCode !== undefined) module.enableCompileCache(workerData.compiledCode);
await import('./order-worker.ts');
module.flushCompileCache();
