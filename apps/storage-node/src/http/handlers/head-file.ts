import { Failure } from '@breakwater/domain/failure';
import type { FileAddress } from '../../store/repository-store.ts';
import type { Exchange } from '../exchange.ts';

/** `HEAD` of a file: its length in bytes. */
export async function headFile({ response, node }: Exchange, address: FileAddress): Promise<void> {
  const size = await node.store.stat(address);
  if (size === null) throw new Failure('not-found', 'There is no such file on this node.');
  response
    .writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'accept-ranges': 'bytes',
    })
    .end();
}
