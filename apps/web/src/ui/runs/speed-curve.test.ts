import { describe, expect, it } from 'vitest';
import {
  appendPoint,
  hasCurve,
  MOST_POINTS,
  nodeBands,
  plotSeries,
  seams,
  type SpeedPoint,
} from './speed-curve.ts';

const point = (atMs: number, nodeName: string | null, bytesPerSecond = 1): SpeedPoint => ({
  atMs,
  bytesPerSecond,
  nodeName,
});

describe('nodeBands and seams', () => {
  const points = [
    point(0, null),
    point(1000, 'a'),
    point(2000, 'a'),
    point(3000, null),
    point(4000, 'b'),
    point(5000, 'b'),
    point(6000, 'a'),
  ];

  it('leaves no moment without a band', () => {
    const bands = nodeBands(points);
    expect(bands.map((band) => [band.nodeName, band.fromMs, band.toMs])).toEqual([
      [null, 0, 1000],
      ['a', 1000, 3000],
      [null, 3000, 4000],
      ['b', 4000, 6000],
      ['a', 6000, 6000],
    ]);
  });

  it('sees a fail-over through the pause between two nodes, and no fail-over at the start', () => {
    expect(seams(nodeBands(points))).toEqual([
      { atMs: 4000, from: 'a', to: 'b' },
      { atMs: 6000, from: 'b', to: 'a' },
    ]);
  });

  it('sees none where a node was only silent for a while', () => {
    expect(seams(nodeBands([point(0, 'a'), point(1, null), point(2, 'a')]))).toEqual([]);
  });
});

describe('curve', () => {
  it('takes repeats and late messages for what they are', () => {
    const curve = [point(1000, 'a')];
    expect(appendPoint(curve, point(1000, 'a', 9))).toBe(curve);
    expect(appendPoint(curve, point(500, 'a'))).toBe(curve);
    expect(appendPoint(curve, point(1500, 'a'))).toHaveLength(2);
  });

  it('stays bounded, keeps its beginning, and the newest points whole', () => {
    let curve: SpeedPoint[] = [];
    const all = MOST_POINTS * 3;
    for (let at = 0; at < all; at += 1) curve = appendPoint(curve, point(at, 'a'));
    expect(curve.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(curve[0]?.atMs).toBe(0);
    expect(curve.slice(-100).map((one) => one.atMs)).toEqual(
      Array.from({ length: 100 }, (_, index) => all - 100 + index),
    );
  });

  it('draws no line over a silence', () => {
    const { seconds, speeds } = plotSeries([point(0, 'a'), point(1000, 'a'), point(20_000, 'a')]);
    expect(speeds).toEqual([1, 1, null, 1]);
    expect(seconds[2]).toBeCloseTo(1.001);
  });

  it('knows that a thinned curve has wide steps', () => {
    const thinned = Array.from({ length: 20 }, (_, index) => point(index * 30_000, 'a'));
    expect(plotSeries(thinned).speeds).not.toContain(null);
  });

  it('is there once bytes have moved for some time', () => {
    const still = { atMs: 900, bytesPerSecond: 0, nodeName: null };
    expect(hasCurve([])).toBe(false);
    expect(hasCurve([point(0, 'a')])).toBe(false);
    expect(hasCurve([{ ...still, atMs: 0 }, still])).toBe(false);
    expect(hasCurve([{ ...still, atMs: 0 }, point(1000, 'a')])).toBe(true);
  });
});
