import { createHash } from 'node:crypto';
import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { listV1, listV2, REST_V2 } from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import type { ByteRange, FileKind, PackStore, StoredFile } from '@breakwater/restic-format/pack-store';
import {
  DEFAULT_LIMITS,
  type ExchangeAnswer,
  type ExchangeLimits,
  type ExchangeRequest,
  exchange,
} from './http-exchange.ts';
import type { TransferRates } from './rate-limit.ts';
import { statusFailure } from './status-failure.ts';
import type { TrafficObserver } from './traffic-observer.ts';

export interface RestStoreOptions {
  /** Base with the repository, such as `http://host:port/<repository>/`; may carry `user:password@`. */
  url: string;
  /** Asked before each request, so that a renewed token is used at once. Goes before what `url` carries. */
  token?: () => string;
  /** Connections to use instead of a pool of the store's own. */
  agent?: Agent;
  limits?: Partial<ExchangeLimits>;
  traffic?: TrafficObserver;
  rates?: TransferRates;
}

export interface RestStore extends PackStore {
  /** Makes an empty repository's folders where the server wants that first; no error when they are there. */
  createFolders(signal?: AbortSignal): Promise<void>;
  /** Closes idle connections of the store's own pool. */
  close(): void;
}

/** More connections than any caller has requests in flight only cost the node memory. */
const MAX_CONNECTIONS = 24;
/** HEADs at a time when a server lists without sizes. */
const STAT_CONCURRENCY = 16;

/**
 * A copy on a server that speaks restic's REST protocol, v2 or v1 (restic, doc/REST_backend.rst). Statuses and
 * network trouble become `Failure`s as `PackStore` promises; nothing is retried but a stale pooled connection.
 */
export function createRestStore(options: RestStoreOptions): RestStore {
  const base = parseBase(options.url);
  const fixed = basicAuthorization(base);
  base.username = '';
  base.password = '';
  const location = base.href;
  const agent = options.agent ?? createPool(base);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };

  const call = async (
    method: ExchangeRequest['method'],
    path: string,
    rest: {
      headers?: Record<string, string>;
      body?: readonly Uint8Array[];
      signal?: AbortSignal | undefined;
    },
  ): Promise<ExchangeAnswer> => {
    for (;;) {
      const token = options.token?.();
      const authorization = token === undefined ? fixed : `Bearer ${token}`;
      const answer = await exchange({
        method,
        url: new URL(path, base),
        headers: { ...(authorization === undefined ? {} : { authorization }), ...rest.headers },
        ...(rest.body === undefined ? {} : { body: rest.body }),
        agent,
        limits,
        signal: rest.signal,
        traffic: options.traffic,
        rates: options.rates,
      });
      // The token was renewed while the request was on its way: ask once more with the new one.
      if (answer.status === 401 && token !== undefined && options.token?.() !== token) continue;
      return answer;
    }
  };
  const name = (verb: string, path: string): string => `${verb} ${path} at ${base.host}`;

  async function list(
    kind: Exclude<FileKind, 'config'>,
    signal: AbortSignal | undefined,
  ): Promise<StoredFile[]> {
    const answer = await call('GET', `${kind}/`, { headers: { accept: REST_V2 }, signal });
    // A plain REST server has no folder before its first file.
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw statusFailure(answer, name('listing', `${kind}/`));
    const isV2 = (answer.headers['content-type'] ?? '').startsWith(REST_V2);
    const parsed = (isV2 ? listV2 : listV1).safeParse(parseJson(answer.body));
    if (!parsed.success) {
      throw new Failure('unavailable', `${name('listing', `${kind}/`)}: the answer is not a list of files`, {
        retryable: true,
        cause: parsed.error,
      });
    }
    const files: StoredFile[] = [];
    const unsized: string[] = [];
    for (const entry of parsed.data) {
      if (typeof entry === 'string') unsized.push(entry);
      else files.push(entry);
    }
    for (let from = 0; from < unsized.length; from += STAT_CONCURRENCY) {
      const some = unsized.slice(from, from + STAT_CONCURRENCY);
      const sizes = await Promise.all(some.map((one) => stat(kind, one, signal)));
      some.forEach((one, at) => {
        const size = sizes[at];
        // Removed since it was listed.
        if (size !== null && size !== undefined) files.push({ name: one, size });
      });
    }
    return files;
  }

  async function stat(
    kind: FileKind,
    fileName: string,
    signal: AbortSignal | undefined,
  ): Promise<number | null> {
    const path = pathOf(kind, fileName);
    const answer = await call('HEAD', path, { signal });
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw statusFailure(answer, name('looking for', path));
    const size = Number(answer.headers['content-length'] ?? Number.NaN);
    if (Number.isSafeInteger(size)) return size;
    throw new Failure('unavailable', `${name('looking for', path)}: the answer has no length`);
  }

  async function read(
    kind: FileKind,
    fileName: string,
    range: ByteRange | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    const path = pathOf(kind, fileName);
    if (range !== undefined && range.length === 0) return Buffer.alloc(0);
    const headers: Record<string, string> =
      range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    const answer = await call('GET', path, { headers, signal });
    if (range === undefined && answer.status === 200) return answer.body;
    if (range !== undefined && (answer.status === 206 || answer.status === 200)) {
      // 200 is a server that knows no ranges and sends the whole file.
      const start = answer.status === 200 ? range.offset : 0;
      const body = answer.body.subarray(start, start + range.length);
      if (body.length === range.length) return body;
      throw new Failure(
        'bad-range',
        `${name('reading', path)}: ${range.length} bytes from ${range.offset} asked for, ${body.length} there`,
      );
    }
    throw statusFailure(answer, name('reading', path));
  }

  async function write(
    kind: FileKind,
    fileName: string,
    parts: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const path = pathOf(kind, fileName);
    const answer = await call('POST', path, {
      headers: { 'content-type': 'application/octet-stream' },
      body: parts,
      signal,
    });
    if (answer.status === 200 || answer.status === 201) return;
    const failure = statusFailure(answer, name('writing', path));
    // 403 without a reason: other servers refuse any second write of a name, even of the same bytes.
    if (answer.status === 403 && failure.code === 'verb-not-granted') {
      const held = await heldInstead(kind, fileName, parts, signal);
      if (held === 'same') return;
      if (held === 'other') {
        throw new Failure('already-exists', `${name('writing', path)}: other bytes have this name`);
      }
    }
    if (answer.status === 400 && failure.code === 'invalid-request' && kind !== 'config') {
      throw new Failure('hash-mismatch', failure.message, { retryable: true });
    }
    throw failure;
  }

  async function heldInstead(
    kind: FileKind,
    fileName: string,
    parts: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<'none' | 'same' | 'other'> {
    let size: number | null;
    try {
      size = await stat(kind, fileName, signal);
    } catch (error) {
      if (error instanceof Failure && error.code !== 'cancelled') return 'none';
      throw error;
    }
    if (size === null) return 'none';
    if (size !== parts.reduce((sum, part) => sum + part.length, 0)) return 'other';
    if (kind === 'config') {
      return (await read(kind, fileName, undefined, signal)).equals(Buffer.concat(parts)) ? 'same' : 'other';
    }
    // A name is the hash of its content: what has this name and this length is taken to be what was meant.
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex') === fileName ? 'same' : 'other';
  }

  async function remove(kind: FileKind, fileName: string, signal: AbortSignal | undefined): Promise<void> {
    const path = pathOf(kind, fileName);
    const answer = await call('DELETE', path, { signal });
    if (answer.status === 200 || answer.status === 204 || answer.status === 404) return;
    throw statusFailure(answer, name('removing', path));
  }

  async function createFolders(signal: AbortSignal | undefined): Promise<void> {
    const answer = await call('POST', '?create=true', { body: [], signal });
    if (answer.status !== 200) throw statusFailure(answer, name('creating', 'the repository'));
  }

  return {
    location,
    createFolders: (signal) => createFolders(signal),
    list: (kind, signal) => list(kind, signal),
    stat: (kind, fileName, signal) => stat(kind, fileName, signal),
    read: (kind, fileName, range, signal) => read(kind, fileName, range, signal),
    write: (kind, fileName, parts, signal) => write(kind, fileName, parts, signal),
    remove: (kind, fileName, signal) => remove(kind, fileName, signal),
    close: () => {
      if (options.agent === undefined) agent.destroy();
    },
  };
}

function pathOf(kind: FileKind, fileName: string): string {
  if (kind === 'config' ? fileName !== 'config' : !/^[0-9a-f]{64}$/.test(fileName)) {
    throw new Failure('bad-name', `"${fileName}" is not the name of a ${kind} file: expected 64 hex digits`);
  }
  return kind === 'config' ? 'config' : `${kind}/${fileName}`;
}

function parseBase(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // Not repeated in the message: it may carry a token.
    throw new Failure('invalid-request', 'the repository address is not an http:// or https:// URL');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url;
}

function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function createPool(url: URL): Agent {
  const settings = { keepAlive: true, maxSockets: MAX_CONNECTIONS, scheduling: 'lifo' } as const;
  return url.protocol === 'https:' ? new HttpsAgent(settings) : new HttpAgent(settings);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
