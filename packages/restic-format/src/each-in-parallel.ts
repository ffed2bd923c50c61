/**
 * Calls `work` for each item with at most `limit` calls under way; items are taken when there is room. The first
 * error stops new calls and is thrown once those under way have ended.
 */
export async function eachInParallel<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failed = false;
  async function run(): Promise<void> {
    while (!failed) {
      const { done, value } = queue.next();
      if (done === true) return;
      try {
        await work(value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: limit }, run));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
