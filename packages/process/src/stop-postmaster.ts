import { setTimeout as pause } from 'node:timers/promises';
import {
  disownPostmasterPid,
  isPostmasterAlive,
  processIdentity,
  readPostmasterPid,
} from './postmaster-pid.ts';

const STOP_TIMEOUT_MS = 20_000;

/** Ends the server that an earlier process left behind in this cluster; true when there was one. */
export async function stopOrphan(cluster: string): Promise<boolean> {
  const file = readPostmasterPid(cluster);
  if (file === null) return false;
  if (isPostmasterAlive(file)) {
    await endPostmaster(file.pid, gone(file.pid));
    return true;
  }
  disownPostmasterPid(cluster);
  return false;
}

/** SIGINT is PostgreSQL's fast shutdown: sessions end, data are flushed. SIGQUIT leaves recovery to the next start. */
export async function endPostmaster(pid: number, ended: Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    const limit = new AbortController();
    const inTime = await Promise.race([
      ended.then(() => true),
      pause(STOP_TIMEOUT_MS, false, { signal: limit.signal, ref: true }).catch(() => true),
    ]);
    limit.abort();
    if (inTime) return;
  }
}

async function gone(pid: number): Promise<void> {
  while (processIdentity(pid) !== null) await pause(25);
}
