import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listV1, listV2, REST_V1, REST_V2 } from '@breakwater/contract/storage-api';
import { problem } from '@breakwater/contract/failure-codes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY, type RunningNode, runNode, sha256 } from '../testing/running-node.ts';
import { rawRequest } from '../testing/raw-request.ts';

let node: RunningNode;
let token: string;
const send = (method: string, path: string, init?: RequestInit) => node.send(method, path, token, init);
const pathOf = (body: Uint8Array | string, kind = 'data') => `/${REPOSITORY}/${kind}/${sha256(body)}`;

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(problem.parse(await response.json())).toMatchObject({ status, code });
}

beforeAll(async () => {
  node = await runNode();
  token = await node.grant('read', 'append', 'lock', 'create', 'delete');
  expect((await send('POST', `/${REPOSITORY}/?create=true`)).status).toBe(200);
});
afterAll(() => node.stop());

describe('POST', () => {
  it('stores once, and says the same the second time', async () => {
    const body = randomBytes(100_000);
    for (const _ of [1, 2]) expect((await send('POST', pathOf(body), { body })).status).toBe(200);
    const read = await send('GET', pathOf(body));
    expect(Buffer.from(await read.arrayBuffer()).equals(body)).toBe(true);
  });

  it('is safe when many send the same at once', async () => {
    const body = randomBytes(300_000);
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', pathOf(body), { body })));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
    const folder = join(node.folder.dataDir, REPOSITORY, 'data', sha256(body).slice(0, 2));
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses a name that holds other bytes, and leaves them', async () => {
    const body = randomBytes(1000);
    await send('POST', pathOf(body, 'index'), { body });
    const file = join(node.folder.dataDir, REPOSITORY, 'index', sha256(body));
    await chmod(file, 0o600);
    const damaged = Buffer.concat([body.subarray(1), Buffer.from('x')]);
    await writeFile(file, damaged);
    await expectProblem(await send('POST', pathOf(body, 'index'), { body }), 403, 'already-exists');
    await writeFile(file, body.subarray(1));
    await expectProblem(await send('POST', pathOf(body, 'index'), { body }), 403, 'already-exists');
    expect(await readFile(file)).toEqual(body.subarray(1));
  });

  it('never overwrites a config', async () => {
    const config = `/${REPOSITORY}/config`;
    expect((await send('POST', config, { body: 'first' })).status).toBe(200);
    expect((await send('POST', config, { body: 'first' })).status).toBe(200);
    await expectProblem(await send('POST', config, { body: 'other' }), 403, 'already-exists');
    expect(await (await send('GET', config)).text()).toBe('first');
  });

  it('makes the repository for whoever may create its keys', async () => {
    const creator = await node.folder.sign({ repository: 'by-key', verbs: ['create', 'read'] });
    expect((await node.send('POST', `/by-key/keys/${sha256('key')}`, creator, { body: 'key' })).status).toBe(
      200,
    );
    expect((await node.send('GET', '/by-key/data/', creator)).status).toBe(200);
  });

  it('refuses a body with another hash, also for a name that is there', async () => {
    const body = randomBytes(1000);
    await expectProblem(await send('POST', pathOf(body), { body: 'other' }), 400, 'hash-mismatch');
    expect((await send('HEAD', pathOf(body))).status).toBe(404);
    await send('POST', pathOf(body), { body });
    await expectProblem(await send('POST', pathOf(body), { body: 'other' }), 400, 'hash-mismatch');
    await expectProblem(await send('POST', pathOf(body)), 400, 'hash-mismatch');
  });

  it('stores an empty body under its hash', async () => {
    expect((await send('POST', pathOf('', 'snapshots'), { body: '' })).status).toBe(200);
    const head = await send('HEAD', pathOf('', 'snapshots'));
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '0']);
    const ranged = await send('GET', pathOf('', 'snapshots'), { headers: { range: 'bytes=0-' } });
    expect([ranged.status, await ranged.text()]).toEqual([200, '']);
  });

  it('refuses encoded and oversized bodies', async () => {
    const encoded = await send('POST', pathOf('x'), { body: 'x', headers: { 'content-encoding': 'gzip' } });
    await expectProblem(encoded, 415, 'unsupported-media-type');
    for (const kind of ['locks', 'keys']) {
      const body = randomBytes(1024 * 1024 + 1);
      await expectProblem(await send('POST', pathOf(body, kind), { body }), 413, 'body-too-large');
    }
    const announced = await rawRequest(node.url, [
      `POST ${pathOf('x')} HTTP/1.1`,
      'Host: node',
      `Authorization: Bearer ${token}`,
      `Content-Length: ${2 ** 40}`,
      'Expect: 100-continue',
    ]);
    expect(announced).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('asks a careful sender to go on, or refuses before the body was sent', async () => {
    const lines = (authorization: string) => [
      `POST ${pathOf('careful')} HTTP/1.1`,
      'Host: node',
      `Authorization: Bearer ${authorization}`,
      'Content-Length: 7',
      'Expect: 100-continue',
      'Connection: close',
    ];
    expect(await rawRequest(node.url, lines('nonsense'))).toMatch(/^HTTP\/1\.1 401 /);
    const answer = await rawRequest(node.url, lines(token), {
      when: /100 Continue\r\n\r\n/,
      send: 'careful',
    });
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it.each(['content-length', 'chunked'])(
    'answers 400 to a cut body (%s), and leaves nothing',
    async (framing) => {
      const body = randomBytes(200_000);
      const answer = await rawRequest(
        node.url,
        [
          `POST ${pathOf(body)} HTTP/1.1`,
          'Host: node',
          `Authorization: Bearer ${token}`,
          framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`,
        ],
        {
          first: framing === 'chunked' ? `1000\r\n${'a'.repeat(100)}` : body.subarray(0, 150_000),
          half: true,
        },
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
      expect(answer).toContain('application/problem+json');
      await expectNoTemporaryFile(sha256(body).slice(0, 2));
      expect((await send('HEAD', pathOf(body))).status).toBe(404);
    },
  );

  it('leaves nothing of a sender that vanished', async () => {
    const body = randomBytes(200_000);
    await rawRequest(
      node.url,
      [
        `POST ${pathOf(body)} HTTP/1.1`,
        'Host: node',
        `Authorization: Bearer ${token}`,
        `Content-Length: ${body.length}`,
      ],
      { first: body.subarray(0, 150_000), vanish: true },
    );
    await expectNoTemporaryFile(sha256(body).slice(0, 2));
    expect((await send('HEAD', pathOf(body))).status).toBe(404);
  });
});

/** The upload's end is not ours to await, so its temporary file's is. */
async function expectNoTemporaryFile(folder: string): Promise<void> {
  const path = join(node.folder.dataDir, REPOSITORY, 'data', folder);
  await expect
    .poll(async () => (await readdir(path)).filter((name) => name.startsWith('.')), { timeout: 10_000 })
    .toEqual([]);
}

describe('GET and HEAD', () => {
  const body = randomBytes(3 * 1024 * 1024);
  beforeAll(async () => {
    expect((await send('POST', pathOf(body), { body })).status).toBe(200);
  });

  it('give length and bytes', async () => {
    const head = await send('HEAD', pathOf(body));
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)]);
    const whole = await send('GET', pathOf(body));
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await whole.arrayBuffer()).equals(body)).toBe(true);
  });

  it.each([
    ['bytes=0-', 0, 3_145_728],
    ['bytes=1000-1999', 1000, 2000],
    ['bytes=100-2500000', 100, 2_500_001],
    ['bytes=3145000-9999999', 3_145_000, 3_145_728],
    ['bytes=-5', 3_145_723, 3_145_728],
  ])('%s', async (range, from, to) => {
    const part = await send('GET', pathOf(body), { headers: { range } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${body.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(body.subarray(from, to))).toBe(true);
  });

  it.each(['bytes=3145728-', 'bytes=5-2', 'bytes=x-', 'bytes=0-1,3-4'])(
    '%s is a bad range',
    async (range) => {
      const response = await send('GET', pathOf(body), { headers: { range } });
      expect(response.headers.get('content-range')).toBe(`bytes */${body.length}`);
      await expectProblem(response, 416, 'bad-range');
    },
  );

  it('answer 404 for what is not there', async () => {
    await expectProblem(await send('GET', pathOf('nothing')), 404, 'not-found');
    expect((await send('HEAD', pathOf('nothing'))).status).toBe(404);
    await expectProblem(await send('GET', `/${REPOSITORY}/other/`), 404, 'not-found');
    const stranger = await node.folder.sign({ repository: 'not-here', verbs: ['read'] });
    await expectProblem(await node.send('GET', '/not-here/data/', stranger), 404, 'not-found');
  });
});

describe('lists', () => {
  it('give names (v1) or names with sizes (v2)', async () => {
    const [one, two] = [randomBytes(10), randomBytes(20)];
    const lister = await node.folder.sign({ repository: 'lists', verbs: ['read', 'append', 'create'] });
    const get = (kind: string, accept?: string) =>
      node.send('GET', `/lists/${kind}/`, lister, accept === undefined ? {} : { headers: { accept } });
    await node.send('POST', '/lists/?create=true', lister);
    for (const body of [one, two]) await node.send('POST', `/lists/data/${sha256(body)}`, lister, { body });

    const first = await get('data');
    expect(first.headers.get('content-type')).toBe(REST_V1);
    expect(listV1.parse(await first.json()).sort()).toEqual([sha256(one), sha256(two)].sort());
    const second = await get('data', REST_V2);
    expect(second.headers.get('content-type')).toBe(REST_V2);
    expect(listV2.parse(await second.json()).sort((a, b) => a.size - b.size)).toEqual([
      { name: sha256(one), size: 10 },
      { name: sha256(two), size: 20 },
    ]);
    expect(await (await get('keys', REST_V2)).json()).toEqual([]);
    expect(await (await get('keys', REST_V1)).json()).toEqual([]);
  });
});

describe('refusals', () => {
  it('of whole repositories, other methods, and creation without the word', async () => {
    await expectProblem(await send('DELETE', `/${REPOSITORY}/`), 403, 'forbidden');
    await expectProblem(await send('POST', `/${REPOSITORY}/`), 400, 'invalid-request');
    await expectProblem(await send('POST', `/${REPOSITORY}/?create=yes`), 400, 'invalid-request');
    for (const [method, path, allow] of [
      ['PUT', pathOf('x'), 'HEAD, GET, POST, DELETE'],
      ['POST', `/${REPOSITORY}/data/`, 'GET'],
      ['GET', `/${REPOSITORY}/`, 'POST, DELETE'],
      ['GET', '/probe', 'POST'],
      ['POST', '/healthz', 'GET'],
    ] as const) {
      const response = await send(method, path);
      expect(response.headers.get('allow')).toBe(allow);
      await expectProblem(response, 405, 'method-not-allowed');
    }
  });

  it('of names that are none, and of ways out of the store', async () => {
    for (const path of [
      `/${REPOSITORY}/data/abc`,
      `/${REPOSITORY}/data/../config`,
      `/${REPOSITORY}/../node.json`,
      `/../../etc/passwd`,
      `/${REPOSITORY}/data/%2e%2e%2fnode.json`,
      `/${REPOSITORY}/keys/${sha256('x')}%00`,
      '/node.json/config',
      '/probe/config',
    ]) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await rawRequest(node.url, [
          `${method} ${path} HTTP/1.1`,
          'Host: node',
          `Authorization: Bearer ${token}`,
          'Content-Length: 0',
          'Connection: close',
        ]);
        expect(answer, `${method} ${path}`).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toContain('"bad-name"');
      }
    }
  });

  it('of what is not HTTP', async () => {
    expect(await rawRequest(node.url, ['HELLO'])).toMatch(/^HTTP\/1\.1 400 /);
    const huge = await rawRequest(node.url, ['GET / HTTP/1.1', `X-Huge: ${'x'.repeat(100_000)}`]);
    expect(huge).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('GET /healthz and /metrics', () => {
  it('need no token and say how the node is', async () => {
    const health = await node.send('GET', '/healthz', null);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', checks: { controlCenter: 'not connected' } });
    const metrics = await (await node.send('GET', '/metrics', null)).text();
    expect(metrics).toMatch(/breakwater_node_stored_bytes [1-9]/);
    expect(metrics).toMatch(/breakwater_node_disk_free_bytes [1-9]/);
    expect(metrics).toMatch(
      /breakwater_node_request_seconds_count\{method="POST",route="file",status="200"\} [1-9]/,
    );
    expect(metrics).toMatch(/breakwater_node_received_bytes_total [1-9]/);
    expect(metrics).not.toContain(REPOSITORY);
  });
});
