import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';

/**
 * Collects what became stale and fetches it once a moment later: one change on the server is often told by several
 * messages. `flush` does it at once; `close` forgets what waits.
 */
export function createStaleQueue(client: QueryClient, delayMs: number) {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const keys = [...waiting.values()];
    waiting.clear();
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  }

  return {
    add(key: QueryKey): void {
      waiting.set(hashKey(key), key);
      timer ??= setTimeout(flush, delayMs);
    },
    flush,
    close(): void {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting.clear();
    },
  };
}
