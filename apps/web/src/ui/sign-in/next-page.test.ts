import { expect, test } from 'vitest';
import { nextPage } from './next-page.ts';

test.each([
  [null, '/'],
  ['/runs/1?tab=log', '/runs/1?tab=log'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?next=/', '/'],
])('%j leads to %s', (wanted, path) => {
  expect(nextPage(wanted)).toBe(path);
});
