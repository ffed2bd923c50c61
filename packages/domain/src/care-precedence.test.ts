import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CARE_PATIENCE_MS,
  judgePrecedence,
  LONGEST_HOLD_MS,
  type Newcomer,
  type WaitingCare,
} from './care-precedence.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-22T12:00:00Z');
const ago = (minutes: number) => NOW - minutes * MINUTE;
const backup: Newcomer = { kind: 'backup', askedAt: NOW, byHand: false };
const care = (minutes: number, forOthers = true): WaitingCare => ({ askedAt: ago(minutes), forOthers });

describe('who goes first in a repository', () => {
  it.each<[string, Partial<Newcomer>, WaitingCare[], 'now' | 'after care']>([
    ['a backup where no care waits', {}, [], 'now'],
    ['a backup beside care that waits for a short while', {}, [care(29)], 'now'],
    ['care that has waited for half an hour', {}, [care(30)], 'after care'],
    ['care, also before a check', { kind: 'check' }, [care(45)], 'after care'],
    ['care, also before a replication', { kind: 'replicate' }, [care(45)], 'after care'],
    ['a restore, always', { kind: 'restore' }, [care(600)], 'now'],
    ['other care: it is no newcomer to care', { kind: 'forget' }, [care(600)], 'now'],
    ['a backup that a person asked for', { byHand: true }, [care(600)], 'now'],
    ['a backup while care waits for its agent only', {}, [care(600, false)], 'now'],
    ['the oldest care counts', {}, [care(5), care(40)], 'after care'],
    [
      'care, while the backup has waited for less than an hour',
      { askedAt: ago(59) },
      [care(600)],
      'after care',
    ],
    ['a backup that has waited for an hour', { askedAt: ago(60) }, [care(600)], 'now'],
  ])('%s', (_, run, waiting, expected) => {
    expect(judgePrecedence({ ...backup, ...run }, waiting, NOW).goes).toBe(expected);
  });

  it('never holds anything for longer than the bound, and says until when', () => {
    const minutes = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(minutes, minutes, (waited, caredFor) => {
        const verdict = judgePrecedence({ ...backup, askedAt: ago(waited) }, [care(caredFor)], NOW);
        if (verdict.goes === 'now') return;
        expect(verdict.until).toBeGreaterThan(NOW);
        expect(verdict.until - ago(waited)).toBe(LONGEST_HOLD_MS);
        expect(
          judgePrecedence({ ...backup, askedAt: ago(waited) }, [care(caredFor)], verdict.until).goes,
        ).toBe('now');
      }),
    );
    expect(CARE_PATIENCE_MS).toBeLessThan(LONGEST_HOLD_MS);
  });
});
