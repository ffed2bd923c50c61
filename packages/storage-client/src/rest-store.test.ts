import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { Failure } from '@breakwater/domain/failure';
import { describePackStore } from '@breakwater/restic-format/testing/pack-store-conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';
import { createRestStore } from './rest-store.ts';
import { type PlainRestServer, startPlainRestServer } from './testing/plain-rest-server.ts';

for (const v1Only of [false, true]) {
  describePackStore(`RestStore on a plain ${v1Only ? 'v1' : 'v2'} server`, async () => {
    const server = await startPlainRestServer({ v1Only });
    const store = createRestStore({ url: server.url });
    return {
      store,
      close: async () => {
        store.close();
        await server.close();
      },
    };
  });
}

const nameOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof Failure ? error : Promise.reject(error)),
  );

describe('RestStore', () => {
  let server: PlainRestServer;
  beforeEach(async () => {
    server = await startPlainRestServer();
  });
  afterEach(() => server.close());

  const refuse = (status: number, code?: string, headers: Record<string, string> = {}) => {
    server.intercept = (request, response) => {
      request.resume().on('end', () => {
        const body =
          code === undefined ? '' : JSON.stringify({ type: 'about:blank', title: 'No', status, code });
        response
          .writeHead(
            status,
            code === undefined ? headers : { 'content-type': 'application/problem+json', ...headers },
          )
          .end(body);
      });
      return true;
    };
  };

  it('asks a limit for each slice it sends and each piece it gets, and moves all of it', async () => {
    const asked = { upload: 0, download: 0 };
    const counting = (way: 'upload' | 'download'): RateLimit =>
      Object.assign(new RateLimit(200_000), {
        turn: async (bytes: number): Promise<number> => {
          asked[way] += bytes;
          return 0;
        },
      });
    const rates = { upload: counting('upload'), download: counting('download') };
    const store = createRestStore({ url: server.url, rates });
    const bytes = randomBytes(300_000);
    await store.write('data', nameOf(bytes), [bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    expect(asked.upload).toBe(bytes.length);
    expect((await store.read('data', nameOf(bytes))).equals(bytes)).toBe(true);
    expect(asked.download).toBe(bytes.length);
    store.close();
  });

  it.each([
    [401, 'token-expired', 'token-expired', false],
    [401, undefined, 'token-invalid', false],
    [401, 'token-revoked', 'token-revoked', false],
    [403, 'verb-not-granted', 'verb-not-granted', false],
    [403, 'already-exists', 'already-exists', false],
    [400, 'hash-mismatch', 'hash-mismatch', true],
    [507, 'node-full', 'node-full', false],
    [507, undefined, 'node-full', false],
    [507, 'quota-exceeded', 'quota-exceeded', false],
    [429, undefined, 'too-many-requests', true],
    [500, undefined, 'unavailable', true],
    [503, 'unavailable', 'unavailable', true],
  ] as const)(
    'says what status %s with code %s means for a write',
    async (status, code, expected, retryable) => {
      refuse(status, code);
      const bytes = randomBytes(300_000);
      const store = createRestStore({ url: server.url });
      const failure = await failureOf(store.write('data', nameOf(bytes), [bytes]));
      expect({ code: failure.code, retryable: failure.retryable }).toEqual({ code: expected, retryable });
      expect(failure.message).toContain(new URL(server.url).host);
      store.close();
    },
  );

  it('sends the token, or what the address carries, and shows neither in its location', async () => {
    const withToken = createRestStore({ url: server.url, token: () => 'a.b.c' });
    const address = new URL(server.url);
    address.username = 'any';
    address.password = 'sec ret';
    const withUser = createRestStore({ url: address.href });
    await withToken.list('data');
    await withUser.list('data');
    expect(server.authorizations).toEqual([
      'Bearer a.b.c',
      `Basic ${Buffer.from('any:sec ret').toString('base64')}`,
    ]);
    expect(withUser.location).toBe(server.url);
    withToken.close();
    withUser.close();
  });

  it('asks again when the token was renewed meanwhile', async () => {
    let token = 'old';
    server.intercept = (request, response) => {
      if (request.headers.authorization === 'Bearer new') return false;
      token = 'new';
      response.writeHead(401).end();
      return true;
    };
    const store = createRestStore({ url: server.url, token: () => token });
    expect(await store.list('data')).toEqual([]);
    store.close();
  });

  it('says node-unreachable when nobody listens', async () => {
    await server.close();
    const store = createRestStore({ url: server.url });
    const failure = await failureOf(store.list('index'));
    expect(failure).toMatchObject({ code: 'node-unreachable', retryable: true });
    server = await startPlainRestServer();
  });

  it('says node-unreachable when the answer is cut', async () => {
    server.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half', () => response.destroy());
      return true;
    };
    const store = createRestStore({ url: server.url });
    expect(await failureOf(store.read('data', 'a'.repeat(64)))).toMatchObject({ code: 'node-unreachable' });
    store.close();
  });

  it('takes a refusal that comes before the body is through', async () => {
    server.intercept = (_request, response) => {
      response.writeHead(507, { connection: 'close' }).end();
      return true;
    };
    const body = randomBytes(8 << 20);
    const store = createRestStore({ url: server.url });
    const failure = await failureOf(store.write('data', nameOf(body), [body]));
    // A peer that hangs up while being sent to may take its answer with it.
    expect(['node-full', 'node-unreachable']).toContain(failure.code);
    store.close();
  });

  it.each(['an upload', 'an answer'])('gives up on %s that stalls', async (what) => {
    const silent = createServer((socket) => {
      socket.on('error', () => undefined);
      if (what === 'an upload') socket.pause();
      else socket.resume().write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const store = createRestStore({ url: `http://127.0.0.1:${port}/r/`, limits: { stallMs: 50 } });
    const body = Buffer.alloc(32 << 20);
    const call = what === 'an upload' ? store.write('data', nameOf(body), [body]) : store.list('data');
    const failure = await failureOf(call);
    expect(failure).toMatchObject({ code: 'node-unreachable', retryable: true });
    expect(failure.message).toContain('stalled');
    store.close();
    silent.close();
  });

  it('stops at once when aborted, with the reason where that is a Failure', async () => {
    const arrived = Promise.withResolvers<void>();
    server.intercept = () => {
      arrived.resolve();
      return true;
    };
    const store = createRestStore({ url: server.url });
    const plain = new AbortController();
    const lost = new AbortController();
    const first = failureOf(store.list('data', plain.signal));
    const second = failureOf(store.stat('data', 'a'.repeat(64), lost.signal));
    await arrived.promise;
    plain.abort();
    lost.abort(new Failure('lock-lost', 'the lock is gone'));
    expect((await first).code).toBe('cancelled');
    expect((await second).code).toBe('lock-lost');
    store.close();
  });

  it('replaces a kept-alive connection that the node has closed', async () => {
    const store = createRestStore({ url: server.url });
    await store.list('data');
    // Closed behind the client's back: it learns of it only when it writes.
    server.server.closeAllConnections();
    expect(await store.list('data')).toEqual([]);
    store.close();
  });

  it('tells an observer every byte of a body, in balanced uploads', async () => {
    const seen = { sent: 0, received: 0, began: 0, ended: 0 };
    const store = createRestStore({
      url: server.url,
      traffic: {
        uploadBegan: () => (seen.began += 1),
        uploadEnded: () => (seen.ended += 1),
        sent: (bytes) => (seen.sent += bytes),
        received: (bytes) => (seen.received += bytes),
      },
    });
    const body = randomBytes(1_000_003);
    await store.write('data', nameOf(body), [body]);
    await store.read('data', nameOf(body));
    expect(seen).toEqual({ sent: body.length, received: body.length, began: 1, ended: 1 });
    store.close();
  });

  it('refuses an address that is none', () => {
    expect(() => createRestStore({ url: 'ftp://user:secret@host/' })).toThrow(/not an http/);
  });
});
