import { expect, it } from 'vitest';
import { isLocal, localUrl, shownUrl } from './address.ts';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:3000', 'http://localhost:3000', true],
  ['0.0.0.0', 'http://127.0.0.1:3000', 'http://localhost:3000', true],
  ['::', 'http://127.0.0.1:3000', 'http://localhost:3000', true],
  ['::1', 'http://[::1]:3000', 'http://[::1]:3000', true],
  ['10.0.0.7', 'http://10.0.0.7:3000', 'http://10.0.0.7:3000', false],
  ['center.example', 'http://center.example:3000', 'http://center.example:3000', false],
])('listening on %s', (host, local, shown, isLocalHost) => {
  expect(localUrl(host, 3000)).toBe(local);
  expect(shownUrl(host, 3000)).toBe(shown);
  expect(new URL(local).port).toBe('3000');
  expect(isLocal(host)).toBe(isLocalHost);
});
