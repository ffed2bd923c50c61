import { connect } from 'node:net';

export interface RawBody {
  /** Sent right after the head. */
  first?: string | Uint8Array;
  /** Sent when the answer so far matches. */
  when?: RegExp;
  send?: string | Uint8Array;
  /** Then say that nothing more comes, and listen on. */
  half?: boolean;
  /** Then break the connection, without a word. */
  vanish?: boolean;
}

/** A request byte by byte, for what no HTTP client would send. Resolves to all that was answered. */
export function rawRequest(url: string, head: readonly string[], body: RawBody = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  let isSent = false;
  const socket = connect(Number(port), hostname, () => {
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    if (body.first !== undefined) {
      socket.write(body.first, () => {
        if (body.vanish) socket.resetAndDestroy();
        else if (body.half) socket.end();
      });
    }
  });
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    if (body.when?.test(answer) && !isSent) {
      isSent = true;
      socket.write(body.send ?? '');
    } else if (body.when === undefined && body.first === undefined && isWhole(answer)) socket.destroy();
  });
  socket.on('close', () => resolve(answer));
  socket.on('error', (error) => (body.vanish || answer !== '' ? resolve(answer) : reject(error)));
  return promise;
}

/** Whether head and announced body are there: the server may keep the connection open for more. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return end >= 0 && length !== undefined && answer.length >= end + 4 + Number(length);
}
