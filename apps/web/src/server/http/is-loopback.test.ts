import { expect, it } from 'vitest';
import { CLIENT_ADDRESS_HEADER } from '../auth/auth.ts';
import { isLoopback } from './is-loopback.ts';

const from = (address: string, headers: Record<string, string> = {}) =>
  isLoopback(new Request('http://x/', { headers: { ...headers, [CLIENT_ADDRESS_HEADER]: address } }));

it.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['127.0.0.1.example.org', false],
  ['unknown', false],
])('%s: %s', (address, expected) => {
  expect(from(address)).toBe(expected);
});

it('what a proxy on this machine passes on comes from elsewhere', () => {
  expect(from('127.0.0.1', { 'x-forwarded-for': '10.0.0.1' })).toBe(false);
  expect(from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false);
  expect(from('127.0.0.1', { via: '1.1 proxy' })).toBe(false);
});
