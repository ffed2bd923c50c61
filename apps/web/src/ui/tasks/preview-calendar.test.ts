import { describe, expect, it } from 'vitest';
import { calendarOf, filledDays, MOST_MONTHS } from './preview-calendar.ts';

const at = (recordedAt: string, keep: boolean) => ({ recordedAt, keep });

describe('the calendar of a retention', () => {
  it('has a cell for every day of a month, in weeks from Monday', () => {
    const [november] = calendarOf([at('2026-11-22T10:00:00Z', true)], 'UTC').months;
    expect(november?.month).toBe('2026-11');
    // The first is a Sunday, the 30th a Monday.
    expect(november?.weeks.map((week) => week.map((day) => day?.date.slice(8) ?? ''))).toEqual([
      ['', '', '', '', '', '', '01'],
      ['02', '03', '04', '05', '06', '07', '08'],
      ['09', '10', '11', '12', '13', '14', '15'],
      ['16', '17', '18', '19', '20', '21', '22'],
      ['23', '24', '25', '26', '27', '28', '29'],
      ['30', '', '', '', '', '', ''],
    ]);
    const [february] = calendarOf([at('2028-02-29T10:00:00Z', true)], 'UTC').months;
    expect(february?.weeks.flat().filter((day) => day !== null)).toHaveLength(29);
  });

  it("counts what stays and goes by the reader's days", () => {
    const snapshots = [
      at('2026-11-22T23:30:00Z', true),
      at('2026-11-22T22:30:00Z', false),
      at('2026-11-22T01:00:00Z', false),
    ];
    expect(filledDays(calendarOf(snapshots, 'Europe/Berlin').months)).toEqual([
      { date: '2026-11-23', kept: 1, removed: 0 },
      { date: '2026-11-22', kept: 0, removed: 2 },
    ]);
    expect(filledDays(calendarOf(snapshots, 'UTC').months)).toEqual([
      { date: '2026-11-22', kept: 1, removed: 2 },
    ]);
  });

  it('leaves out months without snapshots, and tells how many older ones are not shown', () => {
    const yearly = Array.from({ length: MOST_MONTHS + 3 }, (_, year) =>
      at(`${2026 - year}-01-15T12:00:00Z`, true),
    );
    const { months, more } = calendarOf(yearly, 'UTC');
    expect(months.map(({ month }) => month).slice(0, 2)).toEqual(['2026-01', '2025-01']);
    expect([months.length, more]).toEqual([MOST_MONTHS, 3]);
    expect(calendarOf([], 'UTC')).toEqual({ months: [], more: 0 });
  });
});
