import { expect, it } from 'vitest';
import { trueTime } from './true-time.ts';

it.each([
  ['a clock that is right', 900, 0, 0, 900],
  ['a clock that is ahead', 1900, 1000, 0, 900],
  ['an offset that is not known', 900, null, 0, 900],
  ['a time to come', 5000, 0, 0, 1000],
  ['a time before the run was sent', 100, 0, 500, 500],
])('%s', (_name, said, offset, notBefore, expected) => {
  expect(trueTime(said, offset, notBefore, 1000).getTime()).toBe(expected);
});
