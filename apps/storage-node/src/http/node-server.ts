import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '@breakwater/domain/failure';
import type { NodeParts } from '../node-parts.ts';
import { answerRequest } from './answer-request.ts';
import { problemOf } from './problem.ts';

export interface Certificate {
  /** PEM, with the chain. */
  cert: string;
  key: string;
}

export interface NodeServer {
  port: number;
  close: () => Promise<void>;
}

/** A body may take hours on a slow line, but not stand still for so long. */
const IDLE_MS = 180_000;
/** Longer than stock restic keeps a connection it may use again (90 s), so that it never uses a closed one. */
const KEEP_ALIVE_MS = 120_000;
/** Transfers under way may end by themselves before they are cut at a shutdown. */
const CLOSE_GRACE_MS = 2000;

export async function listen(
  node: NodeParts,
  address: { host: string; port: number },
  certificate: Certificate | null,
): Promise<NodeServer> {
  const options = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 30_000, requestTimeout: 0 };
  const server = certificate === null ? createHttpServer(options) : createTlsServer(options, certificate);
  server.setTimeout(IDLE_MS);
  const answering = new WeakMap<Duplex, ServerResponse>();
  const answer = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    answering.set(request.socket, response);
    void answerRequest(request, response, node, expectsContinue);
  };
  server.on('request', (request, response) => answer(request, response, false));
  server.on('checkContinue', (request, response) => answer(request, response, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuseConnection(error, socket, answering.get(socket));
  });
  await bind(server, address);
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function createTlsServer(options: ServerOptions, certificate: Certificate): Server {
  try {
    return createHttpsServer({ ...options, ...certificate, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new Failure(
      'invalid-request',
      `The TLS certificate and its key cannot be used: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

async function bind(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'EADDRINUSE'
        ? 'another process is using it'
        : error.code === 'EACCES'
          ? 'this user may not'
          : error.message;
    reject(
      new Failure('unavailable', `Cannot listen on ${host}:${port}: ${why}. Choose another --listen.`, {
        cause: error,
      }),
    );
  };
  server.once('error', failed);
  server.listen(port, host, () => {
    server.off('error', failed);
    resolve();
  });
  await promise;
}

/** A connection whose request cannot be read, or whose body was cut, has no response object to answer with. */
function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
): void {
  const isAnswered = response?.headersSent === true && !response.writableFinished;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const problem = problemOf(
    new Failure(
      isLate ? 'timeout' : 'invalid-request',
      isLate ? 'The request took too long.' : 'The request is not valid HTTP, or its body ended early.',
    ),
  );
  const text = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}
