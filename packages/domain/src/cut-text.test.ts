import { describe, expect, it } from 'vitest';
import { cutText } from './cut-text.ts';

describe('cutText', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['longer', 3, 'lon'],
    // A character of two units is taken whole or not at all.
    ['ab🗄cd', 3, 'ab'],
    ['ab🗄cd', 4, 'ab🗄'],
    ['/a\ud800b', 10, '/a\ufffdb'],
    ['/a\udc80', 10, '/a\ufffd'],
    ['a\ud800', 10, 'a\ufffd'],
    ['a\0b', 10, 'a\ufffdb'],
    ['', 0, ''],
  ])('makes of %j and %d %j', (text, length, cut) => {
    expect(cutText(text, length)).toBe(cut);
    expect(cutText(text, length).isWellFormed()).toBe(true);
  });
});
