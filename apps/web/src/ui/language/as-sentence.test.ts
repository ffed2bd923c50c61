import { expect, test } from 'vitest';
import { asSentence } from './as-sentence.ts';

test.each([
  ['an agent enrolled for web-1', 'An agent enrolled for web-1'],
  ['admin@example.com made a token', 'admin@example.com made a token'],
  ['node-a is full', 'node-a is full'],
  ['/srv does not exist', '/srv does not exist'],
  ['alpha 的备份失败', 'alpha 的备份失败'],
  ['', ''],
])('%j begins as %j', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
