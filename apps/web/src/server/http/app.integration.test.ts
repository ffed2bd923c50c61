import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import { routes } from './routes.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await startTestCenter();
});
afterAll(() => center.close());

const document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});

describe('the OpenAPI document', () => {
  it('is 3.1 and has every route, each with an id of its own and the 4xx and 5xx problem', async () => {
    const response = await fetch(`${center.url}/api/v1/openapi.json`);
    expect(response.headers.get('content-type')).toBe('application/json');
    const parsed = document.parse(await response.json());
    expect(parsed.openapi).toBe('3.1.0');
    const operations = Object.entries(parsed.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    expect(operations.map(({ name }) => name).sort()).toEqual(
      routes.map((route) => `${route.method} ${route.path}`).sort(),
    );
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { operation } of operations) expect(operation.responses).toHaveProperty('default');
  });

  it('describes a request by the schema that parses it', async () => {
    const parsed = await (await fetch(`${center.url}/api/v1/openapi.json`)).json();
    const body = parsed.paths['/users'].post.requestBody.content['application/json'].schema;
    expect(body.additionalProperties).toBe(false);
    expect(body.required.sort()).toEqual(['email', 'name', 'password', 'role']);
    expect(body.properties.password).toMatchObject({ type: 'string', minLength: 12, maxLength: 128 });
    const limit = parsed.paths['/agents'].get.parameters.find(
      (one: { name: string }) => one.name === 'limit',
    );
    expect(limit.schema).toMatchObject({ maximum: 200, default: 50 });
  });
});

describe('the documentation page', () => {
  it('loads nothing from elsewhere and runs nothing inline', async () => {
    const page = await fetch(`${center.url}/docs/api`);
    const html = await page.text();
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(loaded.length).toBe(4);
    for (const path of loaded) {
      const file = await fetch(new URL(path, page.url));
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
    expect(html).not.toMatch(/<script>|https?:|onload=/);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('serves no other file', async () => {
    for (const path of [
      '/docs/api/package.json',
      '/docs/api/../package.json',
      '/docs/api/%2e%2e/x',
      '/docs/api/',
    ]) {
      expect([path, (await fetch(center.url + path)).status]).toEqual([path, 404]);
    }
  });
});

describe('every answer', () => {
  it('cannot be framed, sniffed or cached', async () => {
    for (const path of ['/api/v1/agents', '/api/v1/nothing', '/healthz', '/nothing']) {
      const { headers } = await fetch(center.url + path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
    const { headers } = await fetch(`${center.url}/api/v1/agents`);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('survives requests that no browser would send', async () => {
    const raw = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        const { port } = new URL(center.url);
        request({ host: '127.0.0.1', port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .once('error', reject)
          .end();
      });
    expect(await raw('/api/v1/agents', { host: 'evil"host<x>' })).toBe(401);
    expect(await raw('//evil.example/api/v1/agents')).toBe(404);
    expect(await raw('/api/v1/%ff%fe')).toBe(404);
    expect(await raw('/api/v1')).toBe(404);
    expect(await raw('/healthz?x=1')).toBe(200);
    // Whoever sends this header themselves gains nothing: the server overwrites it.
    expect(await raw('/api/v1/agents', { 'x-breakwater-client-address': '1.2.3.4' })).toBe(401);
  });

  it('for metrics are answered on this machine, and elsewhere for an API token of any role', async () => {
    const scrape = async (headers: Record<string, string>) =>
      (await fetch(`${center.url}/metrics`, { headers })).status;
    const elsewhere = { 'x-forwarded-for': '10.1.2.3' };
    const viewer = await center.token('viewer');
    expect(await scrape({})).toBe(200);
    expect(await scrape(elsewhere)).toBe(401);
    expect(await scrape({ ...elsewhere, authorization: 'Bearer bw_api_wrong' })).toBe(401);
    expect(await scrape({ ...elsewhere, authorization: `Bearer ${viewer}` })).toBe(200);
  });

  it('of a read-only path names the methods it takes', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json']) {
      const response = await fetch(center.url + path, { method: 'POST' });
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, 'GET']);
    }
  });
});
