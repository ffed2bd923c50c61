import { expect, test } from 'vitest';
import { EMPTY_BASKET, readBasket, writeBasket } from './kept-basket.ts';

const SNAPSHOT = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

function tab(refuses = false) {
  const kept = new Map<string, string>();
  const act = <T>(result: () => T): T => {
    if (refuses) throw new Error('forbidden');
    return result();
  };
  return {
    kept,
    getItem: (name: string) => act(() => kept.get(name) ?? null),
    setItem: (name: string, text: string) => act(() => void kept.set(name, text)),
    removeItem: (name: string) => act(() => void kept.delete(name)),
  };
}

test('a basket is found again, for its own snapshot only', () => {
  const store = tab();
  const basket = { paths: ['/etc', '/srv/a b'], address: 'web-1.example', folder: '/var/tmp/x' };
  writeBasket(store, SNAPSHOT, basket);
  expect(readBasket(store, SNAPSHOT)).toEqual(basket);
  expect(readBasket(store, OTHER)).toEqual(EMPTY_BASKET);
});

test('an emptied basket leaves nothing behind', () => {
  const store = tab();
  writeBasket(store, SNAPSHOT, { paths: ['/etc'], address: null, folder: null });
  writeBasket(store, SNAPSHOT, { paths: [], address: 'web-1.example', folder: '/x' });
  expect(store.kept.size).toBe(0);
});

test.each([
  ['no JSON', '{'],
  ['another shape', '{"paths":"/etc"}'],
  ['a path that is not absolute', '{"paths":["etc"],"address":null,"folder":null}'],
])('%s counts as nothing', (_name, text) => {
  const store = tab();
  store.kept.set(`breakwater-restore-${SNAPSHOT}`, text);
  expect(readBasket(store, SNAPSHOT)).toEqual(EMPTY_BASKET);
});

test('a browser that keeps nothing is no error', () => {
  const store = tab(true);
  expect(() => writeBasket(store, SNAPSHOT, { paths: ['/etc'], address: null, folder: null })).not.toThrow();
  expect(readBasket(store, SNAPSHOT)).toEqual(EMPTY_BASKET);
});
