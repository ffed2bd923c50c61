import { describe, expect, it } from 'vitest';
import { tokenOfRequest } from './request-token.ts';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('tokenOfRequest', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    [basic('any:abc'), 'abc'],
    [basic(':a:b'), 'a:b'],
  ])('%s', (header, token) => {
    expect(tokenOfRequest(header)).toBe(token);
  });

  it.each([undefined, '', 'abc', 'Bearer', basic('any'), basic('any:'), 'Digest abc'])(
    '%s is none',
    (header) => {
      expect(() => tokenOfRequest(header)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    },
  );
});
