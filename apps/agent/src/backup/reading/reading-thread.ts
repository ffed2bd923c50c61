import type { StartThread } from '@breakwater/restic-format/order-threads';
import type { Answer, Order, ReadingThreadData } from './order.ts';
import { SourceReader } from './source-reader.ts';

/** In a thread of its own: does the orders it is sent. */
export const start: StartThread<ReadingThreadData, Order, Answer> = (data) => {
  const reader = new SourceReader(data);
  return (order) => ({ answer: reader.perform(order) });
};
