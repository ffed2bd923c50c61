import { describe, expect, it } from 'vitest';
import { parseFindTime } from './find-time.ts';

const at = (...parts: [number, number, number, number?, number?, number?]): bigint =>
  BigInt(new Date(...parts).getTime()) * 1_000_000n;

describe('parseFindTime', () => {
  it('takes the forms that restic takes', () => {
    expect(parseFindTime('--oldest', '2024-02-29')).toBe(at(2024, 1, 29));
    expect(parseFindTime('--oldest', '29.02.2024')).toBe(at(2024, 1, 29));
    expect(parseFindTime('--oldest', '2024-02-29 13:14')).toBe(at(2024, 1, 29, 13, 14));
    expect(parseFindTime('--oldest', '29.02.2024 13:14:15')).toBe(at(2024, 1, 29, 13, 14, 15));
    const utc = BigInt(Date.UTC(2024, 1, 29, 13, 14, 15)) * 1_000_000n;
    expect(parseFindTime('--oldest', '2024-02-29 13:14:15 UTC')).toBe(utc);
    expect(parseFindTime('--oldest', '2024-02-29 15:14:15 +0200')).toBe(utc);
    expect(parseFindTime('--oldest', '29.02.2024 05:44:15 -0730')).toBe(utc);
  });

  it.each(['', 'yesterday', '2023-02-29', '2024-13-01', '2024-01-01 24:00', '2024-1-1', '2024-01-01T00:00'])(
    'refuses %j, naming it',
    (text) => {
      expect(() => parseFindTime('--newest', text)).toThrow(`--newest is "${text}"`);
    },
  );
});
