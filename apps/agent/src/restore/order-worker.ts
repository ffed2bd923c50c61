import { type ClonedKey, keyFromClone } from '@breakwater/restic-format/cloned-key';
import type { StartThread } from '@breakwater/restic-format/order-threads';
import { OrderPerformer } from './perform-order.ts';
import type { CompareOrder, CompareResult, WriteOrder, WriteResult } from './write-order.ts';

/** In a thread of its own: does what it is sent. */
export const start: StartThread<ClonedKey, WriteOrder | CompareOrder, WriteResult | CompareResult> = (
  clone,
) => {
  const performer = new OrderPerformer(keyFromClone(clone));
  return (order) => ({ answer: performer.perform(order) });
};
