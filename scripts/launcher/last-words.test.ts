import { expect, it } from 'vitest';
import { lastWordsOf } from './last-words.ts';

it.each([
  ['', ''],
  ['first\nPort 3000 is in use.\n', 'Port 3000 is in use.'],
  ['{"level":50,"err":{"message":"no disk"},"msg":"cannot start"}\n', 'no disk'],
  ['{"level":30,"msg":"stopping"}\n', 'stopping'],
  [
    "node:internal/modules\nError [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'\n    at y\n\nNode.js v24.21.0\n",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'",
  ],
])('%j ended with %j', (log, words) => {
  expect(lastWordsOf(log)).toBe(words);
});
