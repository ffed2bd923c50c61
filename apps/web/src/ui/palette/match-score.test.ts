import { describe, expect, it } from 'vitest';
import { matchScore } from './match-score.ts';

describe('matchScore', () => {
  it('puts a beginning before the begin of a word before the middle of one', () => {
    const scores = ['web-3', 'Restore from web-3', 'cobweb'].map((text) => matchScore(text, 'web'));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(3);
  });

  it('needs every word, in any order and case', () => {
    expect(matchScore('Restore from web-3', 'WEB rest')).toBeGreaterThan(0);
    expect(matchScore('Restore from web-3', 'web run')).toBe(0);
  });

  it('does not match scattered letters', () => {
    expect(matchScore('Restore from web-3', 'rfw')).toBe(0);
  });

  it('works without word boundaries', () => {
    expect(matchScore('从 web-3 恢复', '恢')).toBeGreaterThan(0);
  });

  it('takes everything while nothing is typed', () => {
    expect(matchScore('anything', '  ')).toBe(1);
  });
});
