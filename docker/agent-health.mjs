// Health check of an agent, which listens nowhere: 0 when its daemon holds a connection to the control center, the
// one that its heartbeats go through. Sockets are matched with the daemon's own through /proc (proc(5)).
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const ESTABLISHED = '01';

const refuse = (why) => {
  process.stdout.write(`${why}\n`);
  process.exit(1);
};

const file = '/data/agent.json';
if (!existsSync(file)) refuse('not enrolled yet');
const server = new URL(JSON.parse(readFileSync(file, 'utf8')).server);
const port = Number(server.port || (server.protocol === 'https:' ? 443 : 80));

const daemons = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isDaemon(pid));
if (daemons.length === 0) refuse('the daemon does not run');
const connected = daemons.some((pid) => {
  const own = socketsOf(pid);
  return connectionsTo(pid, port).some((inode) => own.has(inode));
});
if (!connected) refuse(`no connection to ${server.host}`);
process.stdout.write(`connected to ${server.host}\n`);

function isDaemon(pid) {
  try {
    const [, program = '', command] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return program.endsWith('breakwater-agent.mjs') && command === 'run';
  } catch {
    return false;
  }
}

/** Inodes of the sockets that a process has open. Processes come and go, and so do their files. */
function socketsOf(pid) {
  const found = new Set();
  for (const fd of list(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) found.add(inode);
    } catch {
      // closed meanwhile
    }
  }
  return found;
}

/** Inodes of the TCP connections to that port, whoever has them. */
function connectionsTo(pid, remotePort) {
  return ['tcp', 'tcp6'].flatMap((table) => {
    const path = `/proc/${pid}/net/${table}`;
    if (!existsSync(path)) return [];
    const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
    return rows
      .map((row) => row.trim().split(/\s+/))
      .filter(([, , remote, state]) => {
        const hex = remote.slice(remote.lastIndexOf(':') + 1);
        return state === ESTABLISHED && Number.parseInt(hex, 16) === remotePort;
      })
      .map((columns) => columns[9]);
  });
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
