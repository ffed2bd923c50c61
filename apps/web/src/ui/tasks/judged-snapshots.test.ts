import { expect, test } from 'vitest';
import { judgements, MOST_JUDGED, shownOf } from './judged-snapshots.ts';

const judged = (count: number) => Array.from({ length: count }, (_, n) => ({ n, keep: n % 3 === 0 }));

test('every snapshot is counted as kept or removed', () => {
  expect(judgements(judged(10))).toEqual({ all: 10, kept: 4, removed: 6 });
});

test('one judgement at a time, in the order given', () => {
  expect(shownOf(judged(7), 'kept').snapshots.map((one) => one.n)).toEqual([0, 3, 6]);
  expect(shownOf(judged(7), 'removed').snapshots.map((one) => one.n)).toEqual([1, 2, 4, 5]);
  expect(shownOf(judged(7), 'all')).toMatchObject({ more: 0 });
});

test('a long list says how much of it is not shown', () => {
  const shown = shownOf(judged(MOST_JUDGED + 5), 'all');
  expect(shown.snapshots).toHaveLength(MOST_JUDGED);
  expect(shown.more).toBe(5);
});
