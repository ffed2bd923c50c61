import { describe, expect, it } from 'vitest';
import { isLoopback, listenAddress, reachableUrl, splitListenAddress } from './listen-address.ts';

describe('listenAddress', () => {
  it.each(['0.0.0.0:80', 'localhost:0', '[::1]:8400', 'node-a.example.org:65535'])('takes %s', (text) => {
    expect(listenAddress.safeParse(text).success).toBe(true);
  });
  it.each(['', '80', ':80', 'host', 'host:', 'host:65536', 'host:x', '::1:80', 'a b:1'])(
    'refuses "%s"',
    (text) => {
      expect(listenAddress.safeParse(text).success).toBe(false);
    },
  );
  it('splits host and port', () => {
    expect(splitListenAddress('[::1]:8400')).toEqual({ host: '::1', port: 8400 });
    expect(splitListenAddress('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  });
});

describe('isLoopback', () => {
  it.each([
    ['http://127.0.0.1:1', true],
    ['http://127.9.9.9', true],
    ['http://localhost:3000/x', true],
    ['http://[::1]:1', true],
    ['http://10.0.0.1', false],
    ['http://127.0.0.1.example.org', false],
    ['http://localhost.example.org', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopback(url)).toBe(expected);
  });
});

describe('reachableUrl', () => {
  it('takes the bound port for 0, and leaves any other', () => {
    expect(reachableUrl('http://127.0.0.1:0', 4711)).toBe('http://127.0.0.1:4711');
    expect(reachableUrl('https://node.example.org/', 4711)).toBe('https://node.example.org');
    expect(reachableUrl('https://example.org/nodes/a/', 4711)).toBe('https://example.org/nodes/a');
  });
});
