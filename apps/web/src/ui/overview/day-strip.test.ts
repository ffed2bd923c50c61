import { expect, test } from 'vitest';
import { type Day, daySummary, nextCell } from './day-strip.ts';

const days = (...states: Day['state'][]): Day[] =>
  states.map((state, n) => ({ date: `2026-01-${n + 1}`, state, runs: 1 }));

test('the days are counted worst first, empty ones left out', () => {
  expect(daySummary(days('ok', 'none', 'missed', 'ok', 'failed'))).toEqual([
    { state: 'failed', count: 1 },
    { state: 'missed', count: 1 },
    { state: 'ok', count: 2 },
  ]);
  expect(daySummary(days('none', 'none'))).toEqual([]);
});

test.each([
  [5, 'ArrowLeft', 4],
  [0, 'ArrowLeft', 0],
  [28, 'ArrowRight', 29],
  [29, 'ArrowRight', 29],
  [12, 'Home', 0],
  [12, 'End', 29],
  [12, 'Enter', null],
])('from cell %d, %s leads to %s', (current, key, expected) => {
  expect(nextCell(current, key, 30)).toBe(expected);
});
