import type { FileAddress } from '../../store/repository-store.ts';
import { answerEmpty, type Exchange } from '../exchange.ts';

/** `DELETE` of a file. One that is not there is deleted already: the answer to a first try may have been lost. */
export async function deleteFile(exchange: Exchange, address: FileAddress): Promise<void> {
  await exchange.node.store.remove(address);
  answerEmpty(exchange);
}
