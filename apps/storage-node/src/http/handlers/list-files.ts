import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type FileKind, REST_V1, REST_V2 } from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import type { StoredFile } from '../../store/repository-store.ts';
import type { Exchange } from '../exchange.ts';

/** `GET /{repository}/{kind}/`: names (v1) or names with sizes (v2), streamed, since there may be millions. */
export async function listFiles(exchange: Exchange, repository: string, kind: FileKind): Promise<void> {
  const { request, response, node } = exchange;
  if (!(await node.store.exists(repository))) {
    throw new Failure('not-found', `There is no repository "${repository}" on this node.`);
  }
  const isV2 = (request.headers.accept ?? '').includes(REST_V2);
  response.writeHead(200, { 'content-type': isV2 ? REST_V2 : REST_V1, 'cache-control': 'no-store' });
  await pipeline(Readable.from(jsonArray(node.store.list(repository, kind), isV2)), response);
}

async function* jsonArray(batches: AsyncIterable<StoredFile[]>, isV2: boolean): AsyncGenerator<string> {
  let separator = '[';
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    const items = batch.map(({ name, size }) => JSON.stringify(isV2 ? { name, size } : name));
    yield separator + items.join(',');
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}
