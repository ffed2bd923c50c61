import { expect, test } from 'vitest';
import { spanWords } from './span-words.ts';

test.each([
  ['7d', 'en', '7 days'],
  ['1y5m7d2h', 'en', '1 year, 5 months, 7 days, 2 hours'],
  ['1m', 'zh-CN', '1个月'],
  ['soon', 'en', 'soon'],
])('%s in %s is %s', (span, locale, words) => {
  expect(spanWords(span, locale)).toBe(words);
});
