import { describe, expect, it } from 'vitest';
import { checkKeep, choosePreset, KEEP_EVERYTHING, keepDraftOf } from './keep-draft.ts';

const year = { keepDaily: 7, keepWeekly: 4, keepMonthly: 12 };

describe('keepDraftOf', () => {
  it('knows a preset by its rules, and else shows the rules', () => {
    expect(keepDraftOf(null).preset).toBe('everything');
    expect(keepDraftOf(year).preset).toBe('year');
    expect(keepDraftOf({ keepDaily: 30 }).preset).toBe('month');
    expect(keepDraftOf({ ...year, keepYearly: 2 })).toEqual({
      preset: 'own',
      rules: { keepDaily: '7', keepWeekly: '4', keepMonthly: '12', keepYearly: '2' },
    });
  });

  it.each([null, year, { keepDaily: 30 }, { keepLast: 3, keepWithin: '1y5m7d2h', keepWithinHourly: '2d' }])(
    'gives back %j as it was',
    (retention) => {
      expect(checkKeep(keepDraftOf(retention))).toEqual({ ok: true, retention });
    },
  );
});

describe('choosePreset', () => {
  it('begins own rules with those of the preset before', () => {
    const own = choosePreset(keepDraftOf(year), 'own');
    expect(checkKeep(own)).toEqual({ ok: true, retention: year });
    expect(choosePreset(KEEP_EVERYTHING, 'own').rules).toEqual({});
  });

  it('does not lose own rules while a preset is tried out', () => {
    const own = { preset: 'own', rules: { keepLast: '5' } } as const;
    const tried = choosePreset(own, 'month');
    expect(checkKeep(tried)).toEqual({ ok: true, retention: { keepDaily: 30 } });
    expect(choosePreset(tried, 'own')).toEqual(own);
  });
});

describe('checkKeep', () => {
  it('names what is wrong', () => {
    const rules = { keepLast: '0', keepDaily: 'x', keepWeekly: '3', keepWithin: '7', keepWithinDaily: '0d' };
    expect(checkKeep({ preset: 'own', rules })).toEqual({
      ok: false,
      wrong: ['keepLast', 'keepDaily', 'keepWithin', 'keepWithinDaily'],
    });
  });

  it('refuses own rules without a rule: nothing would be kept', () => {
    expect(checkKeep({ preset: 'own', rules: { keepLast: ' ' } })).toEqual({ ok: false, wrong: [] });
  });
});
