import type { Speed } from '@breakwater/contract/resources';
import { addSample, emptyWindow } from '@breakwater/domain/speed-window';

export type Sample = Speed['recent'][number];

/**
 * The moving average through the shown samples: one value a sample, null until the window is full, for what was in
 * it before the first shown sample is not known.
 */
export function averageLine(recent: readonly Sample[], windowSize: number): (number | null)[] {
  let window = emptyWindow(windowSize);
  return recent.map((sample) => {
    window = addSample(window, {
      bytesPerSecond: sample.bytesPerSecond,
      kind: sample.kind,
      at: Date.parse(sample.at),
    });
    return window.samples.length < windowSize ? null : window.sma;
  });
}

/** Points of a sparkline in a box, evenly spaced, 0 at the bottom; one sample alone lies in the middle. */
export function sparkline(values: readonly number[], width: number, height: number, inset = 1.5): string {
  if (values.length === 0) return '';
  const most = Math.max(...values);
  const inner = height - 2 * inset;
  const step = values.length === 1 ? 0 : (width - 2 * inset) / (values.length - 1);
  const at = (value: number) => Math.round(value * 100) / 100;
  return values
    .map((value, index) => {
      const x = values.length === 1 ? width / 2 : inset + index * step;
      const y = most <= 0 ? height - inset : inset + inner * (1 - value / most);
      return `${at(x)},${at(y)}`;
    })
    .join(' ');
}

/** Steps of a speed axis from 0 to at least `most`: 1, 2 or 5 times a power of ten, at most six of them. */
export function speedTicks(most: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const ticks: number[] = [];
  for (let tick = 0; tick < most + step; tick += step) ticks.push(Math.round(tick * 1000) / 1000);
  return ticks;
}
