import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { hasRedis, startRedis, withRedis } from '../testing/start-redis.ts';
import { requireRedis } from './require-redis.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function listen(answer: string | null): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    if (answer === null) return;
    // Commands come several in one piece, and each wants its answer.
    socket.on('data', (data) => socket.write(answer.repeat(data.toString().match(/^\*\d/gm)?.length ?? 0)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('names the server and the way out when nobody listens there', async () => {
  const port = await listen(null);
  server?.close();
  await expect(requireRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(
    `the Redis server at 127.0.0.1:${port} cannot be used: connect ECONNREFUSED 127.0.0.1:${port}; start it, or correct or unset REDIS_URL`,
  );
});

it('waits for no server that says nothing', async () => {
  const port = await listen(null);
  await expect(requireRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(
    /cannot be used: .*(timed out|ETIMEDOUT)/i,
  );
});

it('tells what the server refuses, and never the password', async () => {
  const port = await listen('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
  const refusal = requireRedis(`redis://user:secret@127.0.0.1:${port}`);
  await expect(refusal).rejects.toThrow(`127.0.0.1:${port} cannot be used: WRONGPASS`);
  await expect(refusal).rejects.not.toThrow('secret');
});

it.runIf(hasRedis())(withRedis('is content with one that answers'), async () => {
  const redis = await startRedis();
  await requireRedis(redis.url).finally(() => redis.stop());
});
