import { parentPort, workerData } from 'node:worker_threads';
import type { Order, ReadingThreadData, ThreadAnswer } from './order.ts';
import { SourceReader } from './source-reader.ts';

/** Runs in a thread of its own: does the orders it is sent, one after the other. */
const reader = new SourceReader(workerData as ReadingThreadData);

parentPort?.on('message', (order: Order) => {
  let result: ThreadAnswer;
  try {
    result = { ok: true, answer: reader.perform(order) };
  } catch (error) {
    result = { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result, result.ok && result.answer.order === 'seal' ? [result.answer.out] : []);
});
