import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('has defaults', () => {
    expect(readConfig({})).toEqual({ logLevel: 'info', probeShare: 0.05 });
  });
  it('takes what is set', () => {
    expect(readConfig({ BREAKWATER_LOG_LEVEL: 'debug', BREAKWATER_PROBE_SHARE: '0.5' })).toEqual({
      logLevel: 'debug',
      probeShare: 0.5,
    });
  });
  it.each([
    ['BREAKWATER_LOG_LEVEL', 'loud'],
    ['BREAKWATER_PROBE_SHARE', '0'],
    ['BREAKWATER_PROBE_SHARE', '2'],
    ['BREAKWATER_PROBE_SHARE', 'much'],
  ])('names %s when it is "%s"', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(`${name} is "${value}"`);
  });
});
