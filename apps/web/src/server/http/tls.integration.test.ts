import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from '../testing/test-certificate.ts';

let center: TestCenter;
beforeAll(async () => {
  const tls = { cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY };
  center = await startTestCenter({ config: { tls, trustProxy: true } });
});
afterAll(() => center.close());

async function ask(path: string, options: RequestOptions = {}, body?: object) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request(
        new URL(path, center.url),
        { ca: TEST_CERTIFICATE, ...options },
        async (response) => {
          const { statusCode, headers } = response;
          resolve({ status: statusCode ?? 0, headers, body: await text(response) });
        },
      );
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    },
  );
}

describe('over TLS', () => {
  it('answers, and tells browsers to stay with it', async () => {
    expect(center.url).toMatch(/^https:/);
    const health = await ask('/healthz');
    expect([health.status, health.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
  });

  it('gives cookies that never travel in the clear, to the client its proxy names', async () => {
    const { email, password } = center.admin;
    const answer = await ask(
      '/api/auth/sign-in/email',
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': '198.51.100.1, 203.0.113.9',
          'x-breakwater-client-address': '192.0.2.1',
        },
      },
      { email, password },
    );
    expect(answer.status).toBe(200);
    const cookies = answer.headers['set-cookie'] as string[];
    expect(cookies.find((one) => one.startsWith('__Secure-breakwater.session_token='))).toMatch(/; Secure/);
    const sessions = await center.database.db.session.findMany();
    expect(sessions.map(({ ipAddress }) => ipAddress)).toEqual(['203.0.113.9']);
    const cookie = cookies.map((one) => one.split(';')[0]).join('; ');
    const who = await ask('/api/v1/session', { headers: { cookie } });
    expect(JSON.parse(who.body).user.email).toBe(email);
  });
});
