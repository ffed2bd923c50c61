import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Order, ReadingThreadData, ThreadAnswer } from './order.ts';

/** Runs in a thread of its own: does the orders it is sent, one after the other. */
const data = workerData as ReadingThreadData;
// Each thread has to be told where compiled code is kept: to strip the types anew takes longer than a small backup.
if (data.compiledCode !== null) module.enableCompileCache(data.compiledCode);
const { SourceReader } = await import('./source-reader.ts');
const reader = new SourceReader(data);

parentPort?.on('message', (order: Order) => {
  let result: ThreadAnswer;
  try {
    result = { ok: true, answer: reader.perform(order) };
  } catch (error) {
    result = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result, result.ok && result.answer.order === 'seal' ? [result.answer.out] : []);
});
// The thread is ended from outside, when nothing is written any more.
module.flushCompileCache();
