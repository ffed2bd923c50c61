import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HEARTBEAT_WINDOW_MS } from '@breakwater/contract/agent-messages';
import { DEFAULT_MARGIN } from '@breakwater/domain/placement';
import { DEFAULT_WINDOW } from '@breakwater/domain/speed-window';
import { parseEnvironment } from '@breakwater/process/config';
import { z } from 'zod';

/** Everything the control center is told from outside, parsed once. */
export interface CenterConfig {
  databaseUrl: string;
  /** Null: queues in PostgreSQL, one instance. */
  redisUrl: string | null;
  /** Absolute. Holds the master key file, admin.json; nothing else of the control center. */
  dataFolder: string;
  /** 32 bytes; null: the file `master.key` in the data folder. */
  masterKey: Uint8Array | null;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Where browsers, agents and nodes reach us, when that is not what they ask for themselves (a proxy). */
  publicUrl: string | null;
  tls: { cert: string; key: string } | null;
  /** Whether `X-Forwarded-For` names the client: only behind a proxy that sets it. */
  trustProxy: boolean;
  adminEmail: string;
  heartbeatWindowMs: number;
  probeIntervalMs: number;
  speedWindow: number;
  /** How much sooner another node has to be done before a backup leaves its usual one; a part of 1. */
  placementMargin: number;
  /** A node that was not heard for so long is lost: others take its place. */
  lostNodeMs: number;
  /** What one replication may take of a line; null: all of it. */
  replicationBytesPerSecond: number | null;
  logLevel: string;
  /** Pages are compiled as they are asked for, instead of taken from the build. */
  development: boolean;
}

const url = (protocol: RegExp, expected: string) => z.url({ protocol, error: `expected ${expected}` });
const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${min} to ${max}` })
    .int(`expected a whole number from ${min} to ${max}`)
    .min(min, `expected a whole number from ${min} to ${max}`)
    .max(max, `expected a whole number from ${min} to ${max}`);

const variables = {
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@host:port/database'),
  REDIS_URL: url(/^rediss?$/, 'redis://host:port or rediss://host:port').optional(),
  BREAKWATER_DATA: z.string().default('./.breakwater'),
  BREAKWATER_MASTER_KEY: z
    .string()
    .transform((text, context) => {
      const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
      if (bytes.length === 32) return new Uint8Array(bytes);
      context.addIssue({ code: 'custom', message: 'expected 32 bytes as 64 hex digits or as base64' });
      return z.NEVER;
    })
    .optional(),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  PUBLIC_URL: url(/^https?$/, 'http://host:port or https://host:port').optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  TRUST_PROXY: z.enum(['0', '1'], { error: 'expected 0 or 1' }).default('0'),
  BREAKWATER_ADMIN_EMAIL: z.email({ error: 'expected an e-mail address' }).default('admin@breakwater.local'),
  BREAKWATER_HEARTBEAT_WINDOW_MS: wholeNumber(1000, 600_000).default(HEARTBEAT_WINDOW_MS),
  BREAKWATER_PROBE_INTERVAL_MS: wholeNumber(200, 3_600_000).default(30_000),
  BREAKWATER_SPEED_WINDOW: wholeNumber(1, 100).default(DEFAULT_WINDOW),
  BREAKWATER_PLACEMENT_MARGIN: z.coerce
    .number({ error: 'expected a number from 0 to 0.9, such as 0.1' })
    .min(0, 'expected a number from 0 to 0.9, such as 0.1')
    .max(0.9, 'expected a number from 0 to 0.9, such as 0.1')
    .default(DEFAULT_MARGIN),
  BREAKWATER_LOST_NODE_MINUTES: wholeNumber(1, 100_000).default(60),
  BREAKWATER_REPLICATION_BYTES_PER_SECOND: wholeNumber(1024, 1_000_000_000_000).optional(),
  NODE_ENV: z.string().default('production'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'expected trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
};

/**
 * The configuration from environment variables (each also as NAME_FILE; TLS_CERT and TLS_KEY are PEM texts). Throws
 * an Error with one line for each bad value.
 */
export function readConfig(environment: Record<string, string | undefined>): CenterConfig {
  const given = parseEnvironment(variables, environment);
  if ((given.TLS_CERT === undefined) !== (given.TLS_KEY === undefined)) {
    const missing = given.TLS_CERT === undefined ? 'TLS_CERT' : 'TLS_KEY';
    throw new Error(`${missing} is not set: expected both TLS_CERT and TLS_KEY, or neither`);
  }
  return {
    databaseUrl: given.DATABASE_URL,
    redisUrl: given.REDIS_URL ?? null,
    dataFolder: resolve(given.BREAKWATER_DATA),
    masterKey: given.BREAKWATER_MASTER_KEY ?? null,
    host: given.HOST,
    port: given.PORT,
    publicUrl: given.PUBLIC_URL ?? null,
    tls:
      given.TLS_CERT === undefined || given.TLS_KEY === undefined
        ? null
        : { cert: pem('TLS_CERT', given.TLS_CERT), key: pem('TLS_KEY', given.TLS_KEY) },
    trustProxy: given.TRUST_PROXY === '1',
    adminEmail: given.BREAKWATER_ADMIN_EMAIL,
    heartbeatWindowMs: given.BREAKWATER_HEARTBEAT_WINDOW_MS,
    probeIntervalMs: given.BREAKWATER_PROBE_INTERVAL_MS,
    speedWindow: given.BREAKWATER_SPEED_WINDOW,
    placementMargin: given.BREAKWATER_PLACEMENT_MARGIN,
    lostNodeMs: given.BREAKWATER_LOST_NODE_MINUTES * 60_000,
    replicationBytesPerSecond: given.BREAKWATER_REPLICATION_BYTES_PER_SECOND ?? null,
    logLevel: given.LOG_LEVEL,
    development: given.NODE_ENV === 'development',
  };
}

/** A PEM text, or the path of a file with one. */
function pem(name: string, given: string): string {
  if (given.includes('-----BEGIN ')) return given;
  try {
    const text = readFileSync(given, 'utf8');
    if (text.includes('-----BEGIN ')) return text;
  } catch (error) {
    throw new Error(
      `${name} is "${given}": expected a PEM text or a file with one (${(error as Error).message})`,
    );
  }
  throw new Error(`${name} is "${given}": expected a PEM text or a file with one`);
}

/** This process's own configuration. */
export function readProcessConfig(): CenterConfig {
  return readConfig(process.env);
}
