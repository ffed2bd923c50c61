import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface Command {
  program: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
}

export interface Measured {
  wallSeconds: number;
  /** User and system time of the command and of every process it waited for. */
  cpuSeconds: number;
  /** Peak resident set of the largest of these processes. */
  peakBytes: number;
}

const report = z.object({
  status: z.number().nullable(),
  signal: z.string().nullable(),
  error: z.string().nullable(),
  lastWords: z.string(),
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakBytes: z.number(),
});

const CHILD = fileURLToPath(new URL('./measured-child.ts', import.meta.url));

/** Runs a command to its end. Throws when it does not end with exit code 0. */
export async function measured({ program, args, env = {}, cwd }: Command): Promise<Measured> {
  const child = spawn(process.execPath, [CHILD, program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const output = child.stdio[3] as Readable;
  const { status, signal, error, lastWords, ...figures } = report.parse(JSON.parse(await text(output)));
  if (status === 0) return figures;
  throw new Error(
    `${program} ${args.join(' ')} ended with ${error ?? signal ?? `exit code ${status}`}: ${lastWords}`,
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}
