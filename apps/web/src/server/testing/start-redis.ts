import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether the program `redis-server` is there. In CI it has to be: then its absence is a failure, not a skip. */
export function hasRedis(): boolean {
  return process.env.CI !== undefined || spawnSync('redis-server', ['--version']).status === 0;
}

/** What a test that needs Redis is called. */
export const withRedis = (name: string) =>
  hasRedis() ? name : `${name} (skipped: redis-server not installed)`;

export interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/** A Redis of its own, on a UNIX socket in a fresh folder: no port can be taken. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  const path = join(folder, 'redis.sock');
  const child = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {});
  await Promise.race([ready(path), failed]);
  return { url: path, stop: () => stop(child, folder) };
}

async function ready(path: string): Promise<void> {
  const client = new Redis(path, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
}
