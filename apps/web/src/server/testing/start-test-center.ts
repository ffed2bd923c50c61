import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@breakwater/contract/resources';
import { createLogger } from '@breakwater/process/logger';
import type { CenterConfig } from '../config.ts';
import { readConfig } from '../config.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing/test-database.ts';
import type { JobStore } from '../jobs/job-backend.ts';
import { type RunningCenter, startCenter } from '../start-center.ts';

export interface TestCenter extends RunningCenter {
  database: TestDatabase;
  dataFolder: string;
  /** A call to the API: path below /api/v1, answer with its JSON (null for an empty body). */
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  /** An API token's secret with this role, of nobody in particular. */
  token(role: Role): Promise<string>;
  /** The parsed admin.json. */
  admin: { email: string; password: string; apiToken: string };
}

export interface CallOptions {
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with content type JSON unless `headers` say otherwise. */
  rawBody?: string | undefined;
  headers?: Record<string, string>;
}

export interface Called {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/** A whole control center without pages, on a fresh database, a free port and a data folder of its own. */
export async function startTestCenter(
  options: { config?: Partial<CenterConfig>; now?: () => number; jobStore?: JobStore; level?: string } = {},
): Promise<TestCenter> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  const database = await createTestDatabase();
  const base = readConfig({
    DATABASE_URL: database.url,
    BREAKWATER_DATA: dataFolder,
    PORT: '0',
    HOST: '127.0.0.1',
  });
  const running = await startCenter({
    config: { ...base, ...options.config },
    logger: createLogger('test-center', options.level ?? 'fatal'),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.jobStore === undefined ? {} : { jobStore: options.jobStore }),
  });
  const admin = JSON.parse(await readFile(join(dataFolder, 'admin.json'), 'utf8'));
  const tokens = new Map<Role, string>([['admin', admin.apiToken]]);
  const center: TestCenter = {
    ...running,
    database,
    dataFolder,
    admin,
    call: (method, path, call) => callApi(running.url, method, path, call),
    async token(role) {
      const known = tokens.get(role);
      if (known !== undefined) return known;
      const made = await center.call('POST', '/api-tokens', {
        token: admin.apiToken,
        body: { name: role, role },
      });
      tokens.set(role, made.json.secret);
      return made.json.secret;
    },
    async close() {
      await running.close();
      await database.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  return center;
}

/** A call to the API of the control center at `url`. */
export async function callApi(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Called> {
  const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) };
}
