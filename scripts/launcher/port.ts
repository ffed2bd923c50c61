import { createServer } from 'node:net';

/** Throws an Error for people when nobody can listen on this port now. */
export async function requireFreePort(host: string, port: number, how: string): Promise<void> {
  const failure = await tryListen(host, port);
  if (failure === null) return;
  if (failure.code === 'EADDRINUSE')
    throw new Error(`Port ${port} on ${host} is in use by another program. ${how}`);
  if (failure.code === 'ENOTFOUND' || failure.code === 'EADDRNOTAVAIL') {
    throw new Error(`HOST is "${host}": this machine has no such address. Set HOST to 127.0.0.1 or 0.0.0.0.`);
  }
  throw new Error(`Port ${port} on ${host} cannot be used (${failure.message}). ${how}`);
}

/** A free port near `from`, for a listener whose address must last over restarts. */
export async function findFreePort(host: string, from: number, taken: ReadonlySet<number>): Promise<number> {
  for (let port = from; port < Math.min(from + 1000, 65_536); port += 1) {
    if (!taken.has(port) && (await tryListen(host, port)) === null) return port;
  }
  throw new Error(
    `No free port on ${host} between ${from} and ${from + 1000}. Stop something that listens there.`,
  );
}

async function tryListen(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
