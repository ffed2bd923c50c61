import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

it('lets in what fits, in order, and the oversized alone', async () => {
  const budget = new ByteBudget(10);
  const order: string[] = [];
  const take = async (name: string, bytes: number): Promise<() => void> => {
    const give = await budget.take(bytes);
    order.push(name);
    return give;
  };
  const [a, b] = [await take('a', 6), await take('b', 4)];
  const c = take('c', 99);
  const d = take('d', 1);
  await setImmediate();
  expect(order).toEqual(['a', 'b']);
  a();
  a();
  await setImmediate();
  expect(order).toEqual(['a', 'b']);
  b();
  const giveC = await c;
  await setImmediate();
  expect(order).toEqual(['a', 'b', 'c']);
  giveC();
  await d;
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});
