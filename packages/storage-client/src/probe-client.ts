import { randomFillSync } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import {
  NO_WRITE_HEADER,
  NO_WRITE_VALUE,
  PROBE_MEASURE_BYTES,
  PROBE_LONGEST_MEASURE_MS,
  PROBE_WARMUP_BYTES,
  PROBE_WARMUP_MS,
  type ProbeAnswer,
  probeAnswer,
} from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import { abortFailure } from './abort-failure.ts';
import { isHeld } from '@breakwater/domain/speed-window';
import { type ExchangeAnswer, flush, networkFailure } from './http-exchange.ts';
import type { Pace } from './rate-limit.ts';
import { retryAfterMs, statusFailure } from './status-failure.ts';

export type ProbeOutcome =
  /** `limited`: a limit on bandwidth, ours or the node's, set the pace: the network may be faster. */
  | { kind: 'sample'; bytesPerSecond: number; limited: boolean; answer: ProbeAnswer }
  /** The node serves another probe, or has spent its share of time on probes: not a speed of zero. */
  | { kind: 'later'; retryAfterMs: number }
  | { kind: 'failed'; failure: Failure };

export interface ProbeOptions {
  /** The node's own address, without a repository. */
  url: string;
  token: string;
  signal?: AbortSignal;
  /** A limit to keep to. */
  pace?: Pace;
  /** Longest silence and longest whole probe, in milliseconds. */
  connectMs?: number;
  limitMs?: number;
}

const SLICE_BYTES = 64 * 1024;
/** Random, so that nothing on the way can compress it; larger than a compressor's or a modem's window. */
const NOISE_BYTES = 4 * 1024 * 1024;
/** The receiver's clock starts later than ours: send this much longer than it needs at most. */
const SPARE_MS = 250;
const DEFAULT_CONNECT_MS = 10_000;
/** On a slow link what lies in the socket's buffers still has to get through before the answer comes. */
const DEFAULT_LIMIT_MS = 60_000;
/** How long to wait for the node's word to go on. */
const CONTINUE_MS = 2000;
const DEFAULT_RETRY_AFTER_MS = 1000;

let noise: Buffer | undefined;

/**
 * Sends speed-test data with the no-write flag (contract, storage-api) until the node has measured enough: its
 * answer ends the sending, and so do the longest warm-up and measuring time. Never throws but on a broken URL.
 */
export function probe(options: ProbeOptions): Promise<ProbeOutcome> {
  const { signal } = options;
  const url = new URL('probe', options.url.endsWith('/') ? options.url : `${options.url}/`);
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome>();
  const cancelled = (): ProbeOutcome => ({
    kind: 'failed',
    failure: abortFailure(signal, `the probe of ${url.host} was cancelled`),
  });
  if (signal?.aborted) return Promise.resolve(cancelled());

  const isTls = url.protocol === 'https:';
  // A connection of its own, cut by us after the answer with what is left in its buffers. Asked to close it, the
  // other side might do so while we still send, and the answer would be lost.
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const message = (isTls ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent,
    headers: {
      // A node that has no time for a probe says so before anything is sent.
      expect: '100-continue',
      authorization: `Bearer ${options.token}`,
      'content-type': 'application/octet-stream',
      [NO_WRITE_HEADER]: NO_WRITE_VALUE,
      'transfer-encoding': 'chunked',
    },
  });
  let ended = false;
  const settle = (outcome: ProbeOutcome): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(impatience);
    resolve(outcome);
    message.destroy();
    agent.destroy();
  };
  let impatience: NodeJS.Timeout | undefined;
  let begun = false;
  let heldMs = 0;
  let held = false;
  const begin = (): void => {
    clearTimeout(impatience);
    if (begun || ended) return;
    begun = true;
    const began = performance.now();
    void sendNoise(
      message,
      () => ended || answering,
      options.pace,
      (ms) => {
        heldMs += ms;
        held = isHeld(performance.now() - began, heldMs);
      },
    );
  };
  const tooLong = (what: string) => (): void =>
    settle({
      kind: 'failed',
      failure: new Failure('node-unreachable', `${url.host} cannot be probed: ${what}`, { retryable: true }),
    });
  const onAbort = (): void => settle(cancelled());
  signal?.addEventListener('abort', onAbort, { once: true });
  let timer = setTimeout(tooLong('no connection'), options.connectMs ?? DEFAULT_CONNECT_MS);

  let answering = false;
  message.on('error', (error) => settle({ kind: 'failed', failure: networkFailure(url, error) }));
  message.on('response', (response) => {
    answering = true;
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', (error) => settle({ kind: 'failed', failure: networkFailure(url, error) }));
    response.on('end', () => {
      const body = Buffer.concat(chunks);
      settle(judge({ status: response.statusCode ?? 0, headers: response.headers, body }, url, held));
    });
  });
  message.on('socket', (socket) => {
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      if (ended) return;
      timer = setTimeout(tooLong('no answer in time'), options.limitMs ?? DEFAULT_LIMIT_MS);
      // What lies between may swallow the 100.
      impatience = setTimeout(begin, CONTINUE_MS);
    });
  });
  message.on('continue', begin);
  message.flushHeaders();
  return promise;
}

async function sendNoise(
  message: ReturnType<typeof httpRequest>,
  stopped: () => boolean,
  pace: Pace | undefined,
  heldBack: (ms: number) => void,
): Promise<void> {
  noise ??= randomFillSync(Buffer.allocUnsafe(NOISE_BYTES));
  const until = performance.now() + PROBE_WARMUP_MS + PROBE_LONGEST_MEASURE_MS + SPARE_MS;
  const mostBytes = PROBE_WARMUP_BYTES + PROBE_MEASURE_BYTES;
  let offset = Math.floor((Math.random() * NOISE_BYTES) / SLICE_BYTES) * SLICE_BYTES;
  for (let sent = 0; sent < mostBytes && performance.now() < until; ) {
    const slice = Math.min(SLICE_BYTES, pace?.sliceBytes ?? SLICE_BYTES);
    const waitedMs = pace?.isLimited ? await pace.turn(slice) : 0;
    if (waitedMs > 0) heldBack(waitedMs);
    if (stopped()) return;
    await flush(message, noise.subarray(offset, offset + slice));
    if (stopped()) return;
    sent += slice;
    offset = (offset + SLICE_BYTES) % NOISE_BYTES;
  }
  message.end();
}

function judge(answer: ExchangeAnswer, url: URL, held: boolean): ProbeOutcome {
  if (answer.status === 503 || answer.status === 429) {
    return { kind: 'later', retryAfterMs: retryAfterMs(answer, Date.now()) ?? DEFAULT_RETRY_AFTER_MS };
  }
  const what = `probing ${url.host}`;
  if (answer.status !== 202) return { kind: 'failed', failure: statusFailure(answer, what) };
  const measured = parseAnswer(answer.body);
  if (measured === undefined) {
    return {
      kind: 'failed',
      failure: new Failure('unavailable', `${what}: the answer is not a probe's`, { retryable: true }),
    };
  }
  if (measured.measuredMs <= 0 || measured.measuredBytes <= 0) {
    return {
      kind: 'failed',
      failure: new Failure('unavailable', `${what}: nothing could be measured`, { retryable: true }),
    };
  }
  return {
    kind: 'sample',
    bytesPerSecond: (measured.measuredBytes / measured.measuredMs) * 1000,
    limited: held || measured.limited === true,
    answer: measured,
  };
}

function parseAnswer(body: Buffer): ProbeAnswer | undefined {
  try {
    return probeAnswer.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
