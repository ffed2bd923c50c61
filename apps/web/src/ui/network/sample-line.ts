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
