import { type Agent, type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Failure } from '@breakwater/domain/failure';
import { abortFailure } from './abort-failure.ts';
import type { Pace, TransferRates } from './rate-limit.ts';
import type { TrafficObserver } from './traffic-observer.ts';

export interface ExchangeRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Without user or password: credentials travel in `headers`. */
  url: URL;
  headers: Record<string, string>;
  body?: readonly Uint8Array[];
  agent: Agent;
  limits: ExchangeLimits;
  signal?: AbortSignal | undefined;
  traffic?: TrafficObserver | undefined;
  rates?: TransferRates | undefined;
}

/** All in milliseconds. Time spent waiting for a free connection of the pool does not count. */
export interface ExchangeLimits {
  connectMs: number;
  /** Longest time without a byte moving. */
  stallMs: number;
  /**
   * Longest silence between the last byte handed to the operating system and the answer's first; the time the
   * body took is added, because a slow link still drains the socket's buffer then.
   */
  answerMs: number;
}

export interface ExchangeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export const DEFAULT_LIMITS: ExchangeLimits = { connectMs: 10_000, stallMs: 30_000, answerMs: 120_000 };

/** Bytes handed to the socket at a time: small enough that a slow link shows progress before it counts as stalled. */
const SLICE_BYTES = 128 * 1024;
/** A kept-alive connection may be closed by the peer just as it is used; the next one of the pool may be too. */
const STALE_SOCKET_TRIES = 5;

/**
 * One HTTP request and its whole answer. Network trouble throws `node-unreachable` (retryable), an aborted signal
 * `cancelled`; any status resolves. A stale pooled connection is replaced silently: all callers are idempotent.
 */
export async function exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(request);
    if (outcome.kind === 'answer') return outcome.answer;
    if (outcome.kind === 'stale' && tries < STALE_SOCKET_TRIES) continue;
    throw outcome.failure;
  }
}

type Outcome = { kind: 'answer'; answer: ExchangeAnswer } | { kind: 'failed' | 'stale'; failure: Failure };

function attempt(request: ExchangeRequest): Promise<Outcome> {
  const { url, limits, signal } = request;
  const cancelled = (): Outcome => ({
    kind: 'failed',
    failure: abortFailure(signal, `the request to ${url.host} was cancelled`),
  });
  if (signal?.aborted) return Promise.resolve(cancelled());
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const length = request.body?.reduce((sum, part) => sum + part.length, 0);
  const message = send(url, {
    method: request.method,
    agent: request.agent,
    headers:
      length === undefined ? request.headers : { ...request.headers, 'content-length': String(length) },
  });

  let settled = false;
  let answering = false;
  let timer: NodeJS.Timeout | undefined;
  /** Bodies that wait because of a limit: their silence is ours. */
  let waiting = 0;
  const over = new AbortController();
  const settle = (outcome: Outcome): void => {
    if (settled) return;
    settled = true;
    over.abort();
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    resolve(outcome);
    // A request that ended before its answer was read leaves its connection in an unknown state.
    if (outcome.kind !== 'answer' || !message.writableFinished) message.destroy();
  };
  const arm = (ms: number, what: string): void => {
    clearTimeout(timer);
    if (settled) return;
    timer = setTimeout(() => {
      if (waiting > 0) arm(ms, what);
      else settle({ kind: 'failed', failure: unreachable(url, `${what} for ${ms} ms`) });
    }, ms);
  };
  const turn = async (pace: Pace, bytes: number): Promise<void> => {
    waiting += 1;
    const waitedMs = await pace.turn(bytes, over.signal);
    waiting -= 1;
    if (waitedMs > 0) request.traffic?.heldBack?.(waitedMs);
  };
  const onAbort = (): void => settle(cancelled());
  signal?.addEventListener('abort', onAbort, { once: true });

  message.on('error', (error: NodeJS.ErrnoException) => {
    const stale =
      message.reusedSocket && !answering && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    settle({ kind: stale ? 'stale' : 'failed', failure: networkFailure(url, error) });
  });
  message.on('response', (response) => {
    answering = true;
    const chunks: Buffer[] = [];
    arm(limits.stallMs, 'the answer stalled');
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      request.traffic?.received(chunk.length);
      arm(limits.stallMs, 'the answer stalled');
      const download = request.rates?.download;
      if (download === undefined || !download.isLimited) return;
      response.pause();
      void turn(download, chunk.length).then(() => {
        arm(limits.stallMs, 'the answer stalled');
        response.resume();
      });
    });
    response.on('error', (error) => settle({ kind: 'failed', failure: networkFailure(url, error) }));
    response.on('end', () => {
      const answer = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
      };
      settle({ kind: 'answer', answer });
    });
  });
  message.on('socket', (socket) => {
    if (!socket.connecting) arm(limits.stallMs, 'the connection stalled');
    else {
      arm(limits.connectMs, 'no connection');
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () =>
        arm(limits.stallMs, 'the connection stalled'),
      );
    }
  });

  if (request.body === undefined) {
    message.end();
  } else {
    const began = performance.now();
    request.traffic?.uploadBegan();
    void promise.then(() => request.traffic?.uploadEnded());
    const progress = (bytes: number, full: boolean): void => {
      request.traffic?.sent(bytes, full);
      if (!answering) arm(limits.stallMs, 'the upload stalled');
    };
    const stopped = (): boolean => settled || answering;
    const upload = request.rates?.upload;
    const pace =
      upload === undefined
        ? undefined
        : { upload, turn: (bytes: number): Promise<void> => turn(upload, bytes) };
    void sendBody(message, request.body, { stopped, progress, pace }).then(() => {
      if (settled || answering) return;
      message.end();
      arm(Math.round(limits.answerMs + performance.now() - began), 'no answer');
    });
  }
  return promise;
}

/** Resolves when all was handed over or `stopped`; errors surface on the message itself. */
async function sendBody(
  message: ClientRequest,
  parts: readonly Uint8Array[],
  {
    stopped,
    progress,
    pace,
  }: {
    stopped: () => boolean;
    progress: (bytes: number, full: boolean) => void;
    pace: { upload: Pace; turn: (bytes: number) => Promise<void> } | undefined;
  },
): Promise<void> {
  for (const part of parts) {
    for (let offset = 0; offset < part.length; ) {
      if (stopped()) return;
      const slice = part.subarray(offset, offset + (pace?.upload.sliceBytes ?? SLICE_BYTES));
      if (pace?.upload.isLimited) await pace.turn(slice.length);
      if (stopped()) return;
      const full = await flush(message, slice);
      if (stopped()) return;
      progress(slice.length, full);
      offset += slice.length;
    }
  }
}

/**
 * Hands one slice to the socket and waits until the operating system has it. True when it did not fit at once:
 * a write that fits calls back before the event loop's next check phase, one that waits for the network does not.
 */
export function flush(message: ClientRequest, slice: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const connected = message.socket !== null && !message.socket.connecting;
    let full = false;
    const onClose = (): void => resolve(false);
    message.once('close', onClose);
    message.write(slice, () => {
      message.off('close', onClose);
      resolve(full);
    });
    if (connected) setImmediate(() => (full = true));
  });
}

function unreachable(url: URL, what: string, cause?: unknown): Failure {
  return new Failure('node-unreachable', `${url.host} cannot be reached: ${what}`, {
    retryable: true,
    cause,
  });
}

/** Certificates do not get better by asking again. */
const certificateTrouble = /^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

export function networkFailure(url: URL, error: NodeJS.ErrnoException): Failure {
  if (certificateTrouble.test(error.code ?? '')) {
    return new Failure('node-unreachable', `${url.host} shows a bad certificate: ${error.message}`, {
      cause: error,
    });
  }
  return unreachable(
    url,
    error.message === '' ? (error.code ?? 'the connection broke') : error.message,
    error,
  );
}
