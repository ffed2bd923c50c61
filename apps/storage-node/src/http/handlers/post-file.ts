import { Failure } from '@breakwater/domain/failure';
import type { FileAddress, StoredKind } from '../../store/repository-store.ts';
import { answerEmpty, type Exchange } from '../exchange.ts';
import { bodyTooLarge, receiveBody } from '../receive-body.ts';

const SMALL_FILE_BYTES = 1024 * 1024;
/** restic's largest pack is 128 MiB and some; an index or a snapshot may be large for a large repository. */
const LARGE_FILE_BYTES = 4 * 1024 ** 3;

/** Largest body by kind; locks may use what is kept back on a full disk, so they get the least. */
export const bodyLimits: Record<StoredKind, number> = {
  data: LARGE_FILE_BYTES,
  index: LARGE_FILE_BYTES,
  snapshots: LARGE_FILE_BYTES,
  keys: SMALL_FILE_BYTES,
  config: SMALL_FILE_BYTES,
  locks: 64 * 1024,
};

/** `POST` of a file: 200 when it is durable, now or since before. */
export async function postFile(exchange: Exchange, address: FileAddress): Promise<void> {
  const { request, response, claims, node } = exchange;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Failure('unsupported-media-type', `Content-Encoding is "${encoding}": expected none.`);
  }
  const limitBytes = bodyLimits[address.kind];
  const announced = request.headers['content-length'];
  const expectedBytes = announced === undefined ? null : Number(announced);
  if (expectedBytes !== null && expectedBytes > limitBytes) throw bodyTooLarge(limitBytes);
  // Who may make a repository need not ask for its folders first.
  if (address.kind === 'config' || address.kind === 'keys') await node.store.create(address.repository);
  const sink = await node.store.receive(address, {
    expectedBytes,
    mayUseReserve: address.kind === 'locks' || claims.verbs.includes('delete'),
  });
  try {
    if (exchange.expectsContinue) response.writeContinue();
    const digest = await receiveBody(request, {
      limitBytes,
      append: (chunks) => sink.append(chunks),
      line: node.line.incoming,
      onArrival: (bytes) => {
        node.metrics.received(bytes);
        node.linkPeak.arrived(bytes);
      },
    });
    await sink.commit(digest);
    node.health.wrote(null);
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  answerEmpty(exchange);
}
