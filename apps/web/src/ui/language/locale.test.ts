import { expect, test } from 'vitest';
import { pickLocale } from './locale.ts';

test.each([
  [undefined, null, 'en'],
  [undefined, 'zh-TW,zh;q=0.9,en;q=0.8', 'zh-CN'],
  [undefined, 'en;q=0.4, zh-CN;q=0.9', 'zh-CN'],
  [undefined, 'de,fr;q=0.9', 'en'],
  [undefined, 'de, zh;q=0', 'en'],
  ['zh-CN', 'en', 'zh-CN'],
  ['klingon', 'zh', 'zh-CN'],
])('cookie %s with Accept-Language %s gives %s', (cookie, header, locale) => {
  expect(pickLocale(cookie, header)).toBe(locale);
});
