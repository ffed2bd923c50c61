import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from './postmaster-pid.ts';

const CLAIM = 'started-by';
const THROWAWAY = 'throwaway';

/** Two live processes on one folder would fight over the server: the second one is refused. */
export function claim(dataDir: string): void {
  const path = join(dataDir, CLAIM);
  const before = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  const [pid] = before.split(':');
  const self = processIdentity(process.pid) ?? `${process.pid}:`;
  if (before !== '' && before !== self && processIdentity(Number(pid)) === before) {
    throw new Error(`the database under ${dataDir} is in use by process ${pid}: stop that one first`);
  }
  writeFileSync(path, `${self}\n`);
}

/** Says of a folder that its data need not outlive the process that starts the server in it. */
export function markThrowaway(dataDir: string): void {
  writeFileSync(join(dataDir, THROWAWAY), '');
}

/** Whether a server's folder holds throwaway data, and the process that started it has ended. */
export function isAbandoned(dataDir: string): boolean {
  const path = join(dataDir, CLAIM);
  if (!existsSync(join(dataDir, THROWAWAY)) || !existsSync(path)) return false;
  const starter = readFileSync(path, 'utf8').trim();
  return processIdentity(Number(starter.split(':')[0])) !== starter;
}
