import { describe, expect, it } from 'vitest';
import { bandwidthDraftOf, checkBandwidth, withDay, withWindow } from './bandwidth-draft.ts';

const empty = bandwidthDraftOf(null, 'Europe/Berlin');
const office = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', rate: '2' };

describe('a limit in the form', () => {
  it('is none where nothing was typed', () => {
    expect(checkBandwidth(empty)).toEqual({ ok: true, limit: null });
  });

  it.each([
    ['a rate', { bytesPerSecond: 2_500_000, windows: [], timeZone: 'UTC' }],
    [
      'hours that have another, over midnight and all day',
      {
        bytesPerSecond: null,
        windows: [
          { days: [5], from: '22:00', to: '06:00', bytesPerSecond: null },
          { days: [6, 7], from: '00:00', to: '24:00', bytesPerSecond: 10_000 },
        ],
        timeZone: 'Asia/Shanghai',
      },
    ],
  ])('gives back what was saved: %s', (_, limit) => {
    expect(checkBandwidth(bandwidthDraftOf(limit, 'UTC'))).toEqual({ ok: true, limit });
  });

  it('takes a comma for a point', () => {
    expect(checkBandwidth({ ...empty, rate: ' 1,5 ' })).toMatchObject({
      ok: true,
      limit: { bytesPerSecond: 1_500_000 },
    });
  });

  it.each([
    [{ rate: 'much' }, ['bytesPerSecond']],
    [{ rate: '0' }, ['bytesPerSecond']],
    [{ rate: '1', timeZone: 'Mars' }, ['timeZone']],
    [{ windows: [{ ...office, days: [] }] }, ['windows.0.days']],
    [{ windows: [{ ...office, to: '08:00' }] }, ['windows.0.to']],
    [{ windows: [office, { ...office, from: '' }] }, ['windows.1.from']],
    [{ windows: [{ ...office, rate: '-1' }] }, ['windows.0.bytesPerSecond']],
  ])('%j is wrong in %j', (change, wrong) => {
    expect(checkBandwidth({ ...empty, ...change })).toEqual({ ok: false, wrong });
  });

  it('begins new hours as those of an office', () => {
    expect(withWindow({ ...empty, rate: '2' }).windows).toEqual([office]);
    expect(withDay(office.days, 3)).toEqual([1, 2, 4, 5]);
    expect(withDay([1, 5], 3)).toEqual([1, 3, 5]);
  });
});
