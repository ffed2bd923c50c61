import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A slow network between an agent and a node, in user space: what all connections send up shares one rate. */
export interface ThrottledLink {
  /** Where the node is found through this link. */
  url: string;
  /** Bytes a second, upwards. */
  setRate(bytesPerSecond: number): void;
  /** Every connection breaks, and new ones are refused until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function openThrottledLink(targetUrl: string, bytesPerSecond: number): Promise<ThrottledLink> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let rate = bytesPerSecond;
  /** When the link is free again, by the monotonic clock. */
  let freeAt = 0;

  const passUp = async (from: Socket, to: Socket): Promise<void> => {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      const now = performance.now();
      freeAt = Math.max(now, freeAt) + (chunk.length / rate) * 1000;
      if (freeAt - now > 1) await sleep(freeAt - now);
      if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
    }
    to.end();
  };
  const accept = (from: Socket): void => {
    const to = connect(Number(target.port), target.hostname);
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        from.destroy();
        to.destroy();
      });
    }
    to.pipe(from);
    passUp(from, to).catch(() => to.destroy());
  };

  let server: Server = createServer(accept);
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    setRate: (next) => {
      rate = next;
      freeAt = 0;
    },
    cut,
    mend: async () => {
      server = createServer(accept);
      await listen(port);
    },
    close: cut,
  };
}
