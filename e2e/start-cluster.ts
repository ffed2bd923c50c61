import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export interface RunningCluster {
  url: string;
  dataDir: string;
  admin: { email: string; password: string; apiToken: string };
  process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** A data folder with what users' paths have: a space and letters beyond ASCII. */
export function makeDataDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'breakwater-')), 'Daten für alle 数据');
}

/** Removes what `makeDataDir` made; for root the database may lie elsewhere, where its own user can reach it. */
export function removeDataDir(dataDir: string): void {
  const account = join(dataDir, 'postgres', 'account.json');
  if (existsSync(account)) {
    const { way, home } = JSON.parse(readFileSync(account, 'utf8')) as { way: string; home: string };
    if (way === 'copy') rmSync(home, { recursive: true, force: true });
  }
  rmSync(dirname(dataDir), { recursive: true, force: true });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts the launcher as `npm start` does, without npm in between. */
export function launch(args: readonly string[], env: Record<string, string>) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'scripts/launcher/main.ts'), ...args],
    {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return { child, ended, output: () => printed };
}

/** The whole product on this machine, ready. Stopping removes its data folder. */
export async function startCluster(
  args: readonly string[] = [],
  options: { dataDir?: string; port?: number; env?: Record<string, string>; keepData?: boolean } = {},
): Promise<RunningCluster> {
  const dataDir = options.dataDir ?? makeDataDir();
  const port = options.port ?? (await freePort());
  const { child, ended, output } = launch(args, {
    BREAKWATER_DATA: dataDir,
    PORT: String(port),
    HOST: '127.0.0.1',
    ...options.env,
  });
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (output().includes('Sign in as')) resolve();
    };
    child.stdout?.on('data', look);
    void ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${output()}`)));
  });
  return {
    url: `http://localhost:${port}`,
    dataDir,
    admin: JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8')),
    process: child,
    output,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      if (options.keepData !== true) removeDataDir(dataDir);
    },
  };
}
