import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { MAX_BODY_BYTES } from './parse-request.ts';
import { routes } from './routes.ts';

/** Who may call what, written down a second time: a route whose role changes, or that is new, must change it here. */
const access: Record<string, 'viewer' | 'operator' | 'admin' | 'join-token'> = {
  'GET /session': 'viewer',
  'POST /session/password': 'viewer',
  'GET /agents': 'viewer',
  'GET /agents/{id}': 'viewer',
  'PATCH /agents/{id}': 'operator',
  'DELETE /agents/{id}': 'admin',
  'GET /agents/{id}/files': 'operator',
  'POST /agents/{id}/preview': 'operator',
  'GET /storage-nodes': 'viewer',
  'GET /storage-nodes/{id}': 'viewer',
  'PATCH /storage-nodes/{id}': 'operator',
  'DELETE /storage-nodes/{id}': 'admin',
  'POST /join-tokens': 'admin',
  'POST /enrol/agent': 'join-token',
  'POST /enrol/storage-node': 'join-token',
  'GET /tasks': 'viewer',
  'POST /tasks': 'operator',
  'GET /tasks/{id}': 'viewer',
  'PATCH /tasks/{id}': 'operator',
  'DELETE /tasks/{id}': 'operator',
  'POST /tasks/{id}/runs': 'operator',
  'GET /tasks/{id}/retention-preview': 'viewer',
  'POST /retention-preview': 'viewer',
  'GET /runs': 'viewer',
  'GET /runs/{id}': 'viewer',
  'POST /runs/{id}/cancel': 'operator',
  'GET /overview': 'viewer',
  'GET /snapshots': 'viewer',
  'GET /snapshots/{id}': 'viewer',
  'POST /snapshots/{id}/confirmation': 'operator',
  'GET /snapshots/{id}/files': 'operator',
  'GET /snapshots/{id}/removal': 'viewer',
  'DELETE /snapshots/{id}': 'operator',
  'GET /snapshots/{id}/download': 'operator',
  'POST /restores': 'operator',
  'GET /repositories': 'viewer',
  'POST /repositories': 'operator',
  'POST /repositories/adopt': 'admin',
  'GET /storage-nodes/{id}/repositories': 'admin',
  'GET /repositories/{id}': 'viewer',
  'PATCH /repositories/{id}': 'operator',
  'GET /repositories/{id}/recovery-kit': 'admin',
  'POST /repositories/{id}/recovery-kit/confirmation': 'admin',
  'POST /repositories/{id}/access-tokens': 'admin',
  'POST /repositories/{id}/runs': 'operator',
  'GET /repositories/{id}/locks': 'viewer',
  'DELETE /repositories/{id}/locks/{nodeId}/{name}': 'operator',
  'GET /speeds': 'viewer',
  'GET /events': 'viewer',
  'GET /settings': 'operator',
  'PATCH /settings': 'admin',
  'POST /settings/notifications/test': 'admin',
  'GET /users': 'admin',
  'POST /users': 'admin',
  'PATCH /users/{id}': 'admin',
  'DELETE /users/{id}': 'admin',
  'GET /api-tokens': 'viewer',
  'POST /api-tokens': 'viewer',
  'DELETE /api-tokens/{id}': 'viewer',
};
const callers = ['nobody', 'viewer', 'operator', 'admin'] as const;
const rank = { nobody: -1, viewer: 0, operator: 1, admin: 2 };

const all = routes.map((route) => ({ route, name: `${route.method} ${route.path}` }));
const changing = all.filter(({ route }) => route.method !== 'GET');
const withBody = changing.filter(({ route }) => route.body !== undefined);

let center: TestCenter;
const secrets: Partial<Record<(typeof callers)[number], string>> = {};
beforeAll(async () => {
  center = await startTestCenter();
  for (const role of ['viewer', 'operator', 'admin'] as const) secrets[role] = await center.token(role);
});
afterAll(() => center.close());

/** The route's path with ids that nothing has. */
function somewhere(path: string): string {
  const file = () => randomBytes(32).toString('hex');
  const id = path.startsWith('/snapshots/') ? file : () => randomUUID();
  return path.replace('{name}', file).replace(/\{\w+\}/g, id);
}

describe('access', () => {
  it('covers exactly the routes there are', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(access).sort());
  });

  it.each(all)('$name lets in whom it should and nobody else', async ({ route, name }) => {
    const needed = access[name];
    for (const caller of callers) {
      const answer = await center.call(route.method, somewhere(route.path), {
        token: secrets[caller],
        ...(route.method === 'GET' ? {} : { body: { surprise: 1 } }),
      });
      const { status } = answer;
      const expected =
        needed === 'join-token' || (needed !== undefined && rank[caller] >= rank[needed])
          ? 'let in'
          : caller === 'nobody'
            ? 401
            : 403;
      expect([caller, status === 401 || status === 403 ? status : 'let in']).toEqual([caller, expected]);
      if (expected === 401) expect(answer.problem().code).toBe('unauthenticated');
      if (expected === 403) expect(answer.problem().code).toBe('forbidden');
      expect(status).toBeLessThan(500);
    }
  });

  it.each(['', 'Bearer', 'Bearer wrong', 'Basic YTpi', `Bearer ${'x'.repeat(5000)}`])(
    'takes nobody with the authorization "%.20s"',
    async (authorization) => {
      expect((await center.call('GET', '/agents', { headers: { authorization } })).status).toBe(401);
    },
  );
});

describe('bad input', () => {
  const ask = (route: (typeof routes)[number], options: object) =>
    center.call(route.method, somewhere(route.path), { token: secrets.admin, ...options });

  it.each(changing)('$name refuses malformed JSON', async ({ route }) => {
    const { status, problem, headers } = await ask(route, { rawBody: '{"a": ' });
    expect([status, problem().code]).toEqual([400, 'malformed-json']);
    expect(headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(changing)('$name refuses an unknown field and names it', async ({ route }) => {
    const { status, problem } = await ask(route, { body: { surprise: 'x' } });
    expect([status, problem().code]).toEqual([400, 'invalid-request']);
    expect(problem().errors).toContainEqual({ field: 'surprise', given: '"x"', expected: 'no such field' });
  });

  it.each(changing)('$name refuses what is no object', async ({ route }) => {
    for (const body of [[], 'text', 7, null]) {
      const { status, problem } = await ask(route, { body });
      expect([status, problem().code, problem().errors?.[0]?.expected]).toEqual([
        400,
        'invalid-request',
        'an object',
      ]);
    }
  });

  it.each(withBody)('$name refuses another content type', async ({ route }) => {
    const { status, problem } = await ask(route, {
      rawBody: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect([status, problem().code]).toEqual([415, 'unsupported-media-type']);
  });

  it.each(changing)('$name refuses a body over 1 MiB', async ({ route }) => {
    const { status, problem } = await ask(route, { rawBody: JSON.stringify('x'.repeat(MAX_BODY_BYTES)) });
    expect([status, problem().code]).toEqual([413, 'body-too-large']);
  });

  it.each(all)('$name refuses an unknown query parameter and names it', async ({ route }) => {
    const path = `${somewhere(route.path)}?surprise=x`;
    const { status, problem } = await center.call(route.method, path, {
      token: secrets.admin,
      ...(route.method === 'GET' ? {} : { body: {} }),
    });
    expect([status, problem().code]).toEqual([400, 'invalid-request']);
    expect(problem().errors).toContainEqual({ field: 'surprise', given: '"x"', expected: 'no such field' });
  });

  it.each(all.filter(({ route }) => route.path.includes('{')))(
    '$name refuses ids that are none',
    async ({ route }) => {
      for (const id of ['x', '%00', '..%2f..%2fetc', '%', "1'%20OR%201=1", 'é'.repeat(300)]) {
        const path = route.path.replace(/\{\w+\}/g, id);
        const { status, problem } = await center.call(route.method, path, { token: secrets.admin });
        expect([400, 404]).toContain(status);
        expect(problem().status).toBe(status);
      }
    },
  );

  it.each(all.filter(({ route }) => route.path.match(/^\/[a-z-]+$/) && route.method === 'GET'))(
    '$name refuses limits and cursors that are none',
    async ({ route }) => {
      const nul = Buffer.from('"a\\u0000"').toString('base64url');
      for (const query of [
        'limit=0',
        'limit=201',
        'limit=x',
        'limit=1&limit=2',
        'cursor=no',
        'cursor=%00',
        `cursor=${nul}`,
      ]) {
        const { status, problem } = await center.call('GET', `${route.path}?${query}`, {
          token: secrets.admin,
        });
        expect([query, status, problem().errors?.[0]?.field]).toEqual([
          query,
          400,
          route.path === '/session' || route.path === '/settings' ? expect.any(String) : query.split('=')[0],
        ]);
      }
    },
  );

  it('reads no more than 1 MiB of a body that does not say how long it is', async () => {
    const piece = new TextEncoder().encode(' '.repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.byteLength;
        if (sent > 2 * MAX_BODY_BYTES) controller.close();
        else controller.enqueue(piece);
      },
    });
    const response = await fetch(`${center.url}/api/v1/join-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.admin}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect([response.status, (await response.json()).code]).toEqual([413, 'body-too-large']);
  });

  it('refuses a body that is not UTF-8', async () => {
    const response = await fetch(`${center.url}/api/v1/join-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.admin}`, 'content-type': 'application/json' },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect([response.status, (await response.json()).code]).toEqual([400, 'malformed-json']);
  });

  it('refuses NUL characters wherever they are', async () => {
    const body = { email: 'a@example.org', name: 'a\0b', role: 'viewer', password: 'long enough, surely' };
    const { status, problem } = await center.call('POST', '/users', { token: secrets.admin, body });
    expect([status, problem().errors?.[0]?.field]).toEqual([400, 'name']);
  });

  it('says which methods a path takes, and that a path is not there', async () => {
    const wrong = await center.call('PATCH', '/join-tokens', { token: secrets.admin });
    expect([wrong.status, wrong.problem().code, wrong.headers.get('allow')]).toEqual([
      405,
      'method-not-allowed',
      'POST',
    ]);
    const none = await center.call('GET', '/nothing-here', { token: secrets.admin });
    expect([none.status, none.problem().code]).toEqual([404, 'not-found']);
  });
});
