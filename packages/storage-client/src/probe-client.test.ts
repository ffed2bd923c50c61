import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  NO_WRITE_HEADER,
  PROBE_MEASURE_BYTES,
  PROBE_WARMUP_BYTES,
  type ProbeAnswer,
} from '@breakwater/contract/storage-api';
import { afterEach, describe, expect, it } from 'vitest';
import { probe } from './probe-client.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function receiver(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const measured: ProbeAnswer = {
  bytes: 3_000_000,
  receiveMs: 700,
  measuredBytes: 2_000_000,
  measuredMs: 400,
  sha256: 'a'.repeat(64),
  written: false,
};

describe('probe', () => {
  it('sends flagged, authorized, incompressible data and stops when the receiver answers', async () => {
    let seen: IncomingMessage['headers'] = {};
    const url = await receiver((request, response) => {
      seen = request.headers;
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 2_000_000 && !response.headersSent) response.writeHead(202).end(JSON.stringify(measured));
      });
    });
    const outcome = await probe({ url, token: 'the-token' });
    expect(outcome).toEqual({ kind: 'sample', bytesPerSecond: 5_000_000, limited: false, answer: measured });
    expect(seen).toMatchObject({ authorization: 'Bearer the-token', [NO_WRITE_HEADER]: '0' });
  });

  it('ends by itself with no more than warm-up and measuring need', async () => {
    let bytes = 0;
    const url = await receiver((request, response) => {
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => response.writeHead(202).end(JSON.stringify(measured)));
    });
    expect(await probe({ url: `${url}/`, token: 't' })).toMatchObject({ kind: 'sample' });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(PROBE_WARMUP_BYTES + PROBE_MEASURE_BYTES);
  });

  it.each([
    [503, { 'retry-after': '7' }, 7000],
    [429, {}, 1000],
  ] as const)('status %s means later, not slow', async (status, headers, expected) => {
    const url = await receiver((request, response) => {
      request.resume();
      response.writeHead(status, headers).end();
    });
    expect(await probe({ url, token: 't' })).toEqual({ kind: 'later', retryAfterMs: expected });
  });

  it.each([
    [401, '', 'token-invalid'],
    [200, JSON.stringify(measured), 'unavailable'],
    [202, '{}', 'unavailable'],
    [202, JSON.stringify({ ...measured, measuredMs: 0 }), 'unavailable'],
  ])('status %s with body %s is no sample', async (status, body, code) => {
    const url = await receiver((request, response) => {
      request.resume();
      response.writeHead(status).end(body);
    });
    const outcome = await probe({ url, token: 't' });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code } });
  });

  it('says so when nobody listens, or nobody answers', async () => {
    const url = await receiver((request) => void request.resume());
    expect(await probe({ url, token: 't', limitMs: 20 })).toMatchObject({
      kind: 'failed',
      failure: { code: 'node-unreachable' },
    });
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(await probe({ url, token: 't' })).toMatchObject({
      kind: 'failed',
      failure: { code: 'node-unreachable' },
    });
  });

  it('stops when aborted', async () => {
    const stop = new AbortController();
    const url = await receiver(() => stop.abort());
    expect(await probe({ url, token: 't', signal: stop.signal })).toMatchObject({
      kind: 'failed',
      failure: { code: 'cancelled' },
    });
  });
});
