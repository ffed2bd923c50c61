import { QueryClient } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { createStaleQueue } from './stale-queue.ts';

test('several messages about one thing fetch it once; what is closed fetches nothing', () => {
  const client = new QueryClient();
  const invalidate = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
  const queue = createStaleQueue(client, 60_000);
  queue.add(['runs', 'list']);
  queue.add(['runs', 'list']);
  queue.add(['overview']);
  expect(invalidate).not.toHaveBeenCalled();
  queue.flush();
  expect(invalidate.mock.calls).toEqual([[{ queryKey: ['runs', 'list'] }], [{ queryKey: ['overview'] }]]);
  queue.add(['tasks']);
  queue.close();
  queue.flush();
  expect(invalidate).toHaveBeenCalledTimes(2);
});
