import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Problem, problem } from '@breakwater/contract/failure-codes';
import { apiTokenAnswer, type Role } from '@breakwater/contract/resources';
import { createLogger } from '@breakwater/process/logger';
import { z } from 'zod';
import type { CenterConfig } from '../config.ts';
import { readConfig } from '../config.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing/test-database.ts';
import type { JobStore } from '../jobs/job-backend.ts';
import { type RunningCenter, startCenter } from '../start-center.ts';
import { type AdminFile, adminFile, adminFilePath } from '../users/admin-file.ts';

export interface TestCenter extends RunningCenter {
  database: TestDatabase;
  dataFolder: string;
  /** A call to the API: path below /api/v1, answer with its JSON (null for an empty body). */
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  /** An API token's secret with this role, of nobody in particular. */
  token(role: Role): Promise<string>;
  /** The parsed admin.json. */
  admin: AdminFile & { password: string };
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
  /** The answer as it came; null for an empty body. */
  json: unknown;
  /** The answer as this schema parses it; throws with status and answer when it is something else. */
  as<S extends z.ZodType>(schema: S): z.output<S>;
  /** The refusal that this answer is. */
  problem(): Problem;
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
  const admin = adminFile
    .extend({ password: z.string() })
    .parse(JSON.parse(await readFile(adminFilePath(dataFolder), 'utf8')));
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
      const { secret } = made.as(apiTokenAnswer);
      tokens.set(role, secret);
      return secret;
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
  const { status, headers } = response;
  const json: unknown = text === '' ? null : JSON.parse(text);
  const as = <S extends z.ZodType>(schema: S): z.output<S> => {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new Error(`${method} ${path} answered ${status} ${text}: ${z.prettifyError(parsed.error)}`);
  };
  return { status, headers, json, as, problem: () => as(problem) };
}
