import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PostgreSQL's `postmaster.pid` (src/include/utils/pidfile.h), as far as it has been written yet. */
export interface PostmasterPid {
  pid: number;
  dataFolder: string;
  port: number | null;
  ready: boolean;
}

export function readPostmasterPid(cluster: string): PostmasterPid | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  return {
    pid,
    dataFolder: lines[1] ?? '',
    port: Number.isInteger(port) && port > 0 ? port : null,
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

/** Whether the process the file names is still that postmaster, and not another one that got its number. */
export function isPostmasterAlive(file: PostmasterPid): boolean {
  const argv = argumentsOf(file.pid);
  return argv !== null && argv[0]?.endsWith('postgres') === true && argv.includes(file.dataFolder);
}

/**
 * PostgreSQL refuses to start while the file's pid belongs to any live process. Where that process is not a
 * postmaster, the pid is replaced by an impossible one. The file itself must stay: its shared memory key lets
 * PostgreSQL see that workers of a killed postmaster are still at work.
 */
export function disownPostmasterPid(cluster: string): void {
  const path = join(cluster, 'postmaster.pid');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[0] = '99999999';
  writeFileSync(path, lines.join('\n'));
}

/** Pid and start time of a live process (ticks since boot), which together never recur; null when there is none. */
export function processIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${pid}:${fields[19]}`;
  } catch {
    return null;
  }
}

function argumentsOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return null;
  }
}
