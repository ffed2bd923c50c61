'use client';

import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { useFormat } from '../language/use-format.ts';
import { speedTicks } from '../network/sample-line.ts';
import { resolveColour } from '../theme/resolve-colour.ts';
import { useColourScheme } from '../theme/use-colour-scheme.ts';
import { along, PLOT_LEFT, PLOT_RIGHT, type TimeRange } from './plot-frame.ts';
import { plotSeries, type SpeedPoint } from './speed-curve.ts';

const HEIGHT = 200;

/** Between two marks of the time axis, from a second to a week. */
const TICK_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800,
];

/** Network speed over the time since the run began. Redrawn with every point; a new chart only for a new theme. */
export function SpeedChart(props: {
  points: readonly SpeedPoint[];
  range: TimeRange;
  /** Moments at which the target changed. */
  seamsMs: readonly number[];
  /** Seconds since the start under the pointer; null when it is elsewhere. */
  onPoint: (seconds: number | null) => void;
  label: string;
}) {
  const { points, range, seamsMs, label } = props;
  const format = useFormat();
  const scheme = useColourScheme();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ range, format, onPoint: props.onPoint });
  latest.current = { range, format, onPoint: props.onPoint };

  const data = useMemo((): uPlot.AlignedData => {
    const { seconds, speeds } = plotSeries(points);
    return [seconds, speeds];
  }, [points]);
  const firstData = useRef(data);

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew when the theme changes.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const drawn = new uPlot(chartOptions(element.clientWidth, latest), firstData.current, element);
    chart.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.current = null;
      drawn.destroy();
    };
  }, [scheme]);

  useEffect(() => {
    firstData.current = data;
    chart.current?.setData(data);
  }, [data]);

  return (
    <div className="relative" role="img" aria-label={label}>
      <div ref={box} className="w-full" style={{ height: HEIGHT }} />
      <div className="pointer-events-none absolute inset-y-0" style={{ left: PLOT_LEFT, right: PLOT_RIGHT }}>
        {seamsMs.map((atMs) => (
          <span
            key={atMs}
            style={{ left: along(atMs, range) }}
            className="absolute inset-y-0 border-l border-dashed border-line-strong"
          />
        ))}
      </div>
    </div>
  );
}

interface Latest {
  range: TimeRange;
  format: ReturnType<typeof useFormat>;
  onPoint: (seconds: number | null) => void;
}

function chartOptions(width: number, latest: { readonly current: Latest }): uPlot.Options {
  const line = resolveColour('--color-run-solid');
  const grid = { stroke: resolveColour('--color-line'), width: 1 };
  const text = {
    stroke: resolveColour('--color-ink-muted'),
    font: '12px "Inter Variable", "Noto Sans SC Variable", sans-serif',
    grid,
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, PLOT_RIGHT, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        time: false,
        range: () => [latest.current.range.fromMs / 1000, latest.current.range.toMs / 1000],
      },
      y: { range: (_chart, _least, most) => [0, speedTicks(most).at(-1) || 1] },
    },
    axes: [
      {
        ...text,
        size: 28,
        space: 90,
        // Whole ones only: 12.5 would be written as 13, in a place that is not 13.
        incrs: TICK_SECONDS,
        values: (_chart, splits) => splits.map((seconds) => latest.current.format.duration(seconds)),
      },
      {
        ...text,
        size: PLOT_LEFT,
        splits: (_chart, _axis, _least, most) => speedTicks(most * 0.999),
        values: (_chart, splits) => splits.map((speed) => latest.current.format.rate(speed)),
      },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 1.75,
        fill: `color-mix(in srgb, ${line} 14%, transparent)`,
        points: { show: false },
        spanGaps: false,
      },
    ],
    hooks: {
      setCursor: [
        (chart) => {
          const index = chart.cursor.idx;
          latest.current.onPoint(index == null ? null : (chart.data[0][index] ?? null));
        },
      ],
    },
  };
}
