import { describe, expect, it } from 'vitest';
import { nodeBands, plotSeries, seams, type SpeedPoint } from './speed-curve.ts';

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
  it('draws no line over a silence', () => {
    const { seconds, speeds } = plotSeries([point(0, 'a'), point(1000, 'a'), point(20_000, 'a')]);
    expect(speeds).toEqual([1, 1, null, 1]);
    expect(seconds[2]).toBeCloseTo(1.001);
  });

  it('knows that a thinned curve has wide steps', () => {
    const thinned = Array.from({ length: 20 }, (_, index) => point(index * 30_000, 'a'));
    expect(plotSeries(thinned).speeds).not.toContain(null);
  });
});
