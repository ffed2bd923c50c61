import { parentPort, workerData } from 'node:worker_threads';
import type { RepositoryKey } from '@breakwater/restic-format/crypto';
import { OrderPerformer } from './perform-order.ts';
import type { CompareOrder, WriteOrder } from './write-order.ts';

/** Runs in a thread of its own: does what it is sent, in order. Started with the parts of the repository's key. */
const { encrypt, macK, macR } = workerData as Record<keyof RepositoryKey, Uint8Array>;
const key: RepositoryKey = {
  encrypt: Buffer.from(encrypt),
  macK: Buffer.from(macK),
  macR: Buffer.from(macR),
};
const performer = new OrderPerformer(key);

parentPort?.on('message', (order: WriteOrder | CompareOrder) => {
  parentPort?.postMessage(performer.perform(order));
});
