import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const commandFile = fileURLToPath(new URL('../../bin/breakwater-node.mjs', import.meta.url));

export interface SpawnedNode {
  child: ChildProcess;
  /** Process id of the serving process, which is another one when an old Node started it. */
  pid: number;
  url: string;
  exit: Promise<[number | null, NodeJS.Signals | null]>;
  stop: () => Promise<void>;
}

export interface SpawnNodeOptions {
  /** The program and what comes before the command's own words. */
  command?: readonly string[];
  /** After `run --data …`. */
  args?: readonly string[];
  env?: Record<string, string>;
  spawn?: SpawnOptions;
}

/** `breakwater-node run` as a process of its own; resolves when it serves. */
export async function spawnNode(dataDir: string, options: SpawnNodeOptions = {}): Promise<SpawnedNode> {
  const [program = process.execPath, ...before] = options.command ?? [process.execPath, commandFile];
  const child = spawn(program, [...before, 'run', '--data', dataDir, ...(options.args ?? [])], {
    env: { ...process.env, BREAKWATER_LOG_LEVEL: 'info', ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...options.spawn,
  });
  const exit = once(child, 'exit') as SpawnedNode['exit'];
  if (child.stderr === null) throw new Error('the log must be a pipe');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (!line.startsWith('{')) continue;
    const entry = JSON.parse(line) as { msg?: string; url?: string; pid: number };
    if (entry.msg !== 'storage node is serving' || entry.url === undefined) continue;
    child.stderr.resume();
    return {
      child,
      pid: entry.pid,
      url: entry.url,
      exit,
      stop: async () => {
        child.kill('SIGTERM');
        await exit;
      },
    };
  }
  throw new Error(`the node did not start:\n${said.join('\n')}`);
}

/** Whether there is such a process that has not ended. */
export function isRunning(pid: number): boolean {
  try {
    // A process that nobody waited for is still listed, as a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
