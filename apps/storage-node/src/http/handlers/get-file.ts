import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '@breakwater/domain/failure';
import type { Pace } from '@breakwater/storage-client/rate-limit';
import type { FileAddress } from '../../store/repository-store.ts';
import { parseRange } from '../byte-range.ts';
import { answerProblem, type Exchange } from '../exchange.ts';

/** Up to this many bytes are read at once; it is what restic asks for when it reads a few blobs of a pack. */
const READ_AT_ONCE_BYTES = 1024 * 1024;

/** `GET` of a file, whole (200) or one range (206). */
export async function getFile(exchange: Exchange, address: FileAddress): Promise<void> {
  const { request, response, node } = exchange;
  const file = await node.store.open(address);
  try {
    const range = parseRange(request.headers.range, file.size);
    const { offset, length } = range.kind === 'whole' ? { offset: 0, length: file.size } : range;
    response.writeHead(range.kind === 'whole' ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      'accept-ranges': 'bytes',
      ...(range.kind === 'part' && {
        'content-range': `bytes ${offset}-${offset + length - 1}/${file.size}`,
      }),
    });
    const { outgoing } = node.line;
    if (length <= READ_AT_ONCE_BYTES) {
      const bytes = length === 0 ? undefined : await file.read(offset, length);
      if (bytes !== undefined && outgoing.isLimited) await outgoing.turn(length);
      response.end(bytes);
    } else if (outgoing.isLimited) {
      await pipeline(file.stream(offset, length), inSlices(outgoing), response);
    } else await pipeline(file.stream(offset, length), response);
    node.metrics.sent(length);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'bad-range') throw error;
    answerProblem(exchange, error, { 'content-range': `bytes */${file.size}` });
  } finally {
    await file.close();
  }
}

/** Lets each piece go when it is its turn. A limit that comes while a file is on its way holds from the next one on. */
function inSlices(pace: Pace): Transform {
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length && !this.destroyed; ) {
        const slice = chunk.subarray(from, from + pace.sliceBytes);
        await pace.turn(slice.length);
        this.push(slice);
        from += slice.length;
      }
      done();
    },
  });
}
