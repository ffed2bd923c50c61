import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

// Where every thread of order-threads.ts begins. Plain JavaScript, because a thread of its own reads types out of
// sources in 150 ms, unless it is told where the result is kept before it loads the first of them.
const { moduleUrl, data, compiledCode } = workerData;
if (compiledCode !== null) module.enableCompileCache(compiledCode);
const { start } = await import(moduleUrl);
const perform = start(data);

parentPort.on('message', (order) => {
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
// The thread is ended from outside, when nothing is written any more.
module.flushCompileCache();
