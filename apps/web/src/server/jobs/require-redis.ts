import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * Asks the Redis server once, without the patience that the queues have later on. Throws an Error for people that
 * names the server and the way out when it does not answer, or not to us.
 */
export async function requireRedis(url: string): Promise<void> {
  const connection = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  connection.on('error', (error) => {
    reason = error;
  });
  try {
    await connection.connect();
    await connection.ping();
  } catch (error) {
    throw new Error(
      `the Redis server at ${URL.canParse(url) ? new URL(url).host : url} cannot be used: ${(reason ?? (error as Error)).message}; ` +
        'start it, or correct or unset REDIS_URL',
      { cause: error },
    );
  } finally {
    connection.disconnect();
  }
}
