import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

// Where every thread of order-threads.ts begins. Plain JavaScript, because a thread of its own reads types out of
// sources in 150 ms, unless it is told where the result is kept before it loads the first of them.
const { moduleUrl, data, compiledCode, ended } = workerData;
if (compiledCode !== null) module.enableCompileCache(compiledCode);
const { start } = await import(moduleUrl);
const perform = await start(data);

parentPort.on('message', (order) => {
  // What is still in the queue is not wanted any more.
  if (Atomics.load(ended, 0) === 1) {
    parentPort.close();
    return;
  }
  let result;
  let transfer = [];
  try {
    const performed = perform(order);
    result = { ok: true, answer: performed.answer };
    transfer = performed.transfer ?? [];
  } catch (error) {
    result = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort.postMessage(result, transfer);
});
module.flushCompileCache();
