'use client';

import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { averageLine, type Sample, speedTicks } from './sample-line.ts';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 76;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 26;

/** Samples over time: probes as rings, transfers as filled squares, the moving average as a line through them. */
export function SampleChart({ recent, window }: { recent: readonly Sample[]; window: number }) {
  const t = useTranslations('network.pair');
  const format = useFormat();
  const times = recent.map((sample) => Date.parse(sample.at));
  const speeds = recent.map((sample) => sample.bytesPerSecond);
  const from = Math.min(...times);
  const to = Math.max(...times);
  const ticks = speedTicks(Math.max(...speeds) * 0.999);
  const top = ticks.at(-1) || 1;
  const x = (time: number) =>
    to === from
      ? (LEFT + WIDTH - RIGHT) / 2
      : LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT - 8) + 4;
  const y = (speed: number) => TOP + (1 - speed / top) * (HEIGHT - TOP - BOTTOM);
  const line = averageLine(recent, window)
    .map((average, index) => (average === null ? null : `${x(times[index] ?? from)},${y(average)}`))
    .filter((point) => point !== null)
    .join(' ');
  return (
    <figure>
      <svg
        role="img"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full"
        aria-label={t('chart', {
          count: recent.length,
          least: format.rate(Math.min(...speeds)),
          most: format.rate(Math.max(...speeds)),
        })}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} className="stroke-line" />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="fill-ink-muted text-[12px]">
              {format.rate(tick)}
            </text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 6} className="fill-ink-muted text-[12px]">
          {format.time(from)}
        </text>
        <text x={WIDTH - RIGHT} y={HEIGHT - 6} textAnchor="end" className="fill-ink-muted text-[12px]">
          {to === from ? '' : format.time(to)}
        </text>
        <polyline
          points={line}
          fill="none"
          strokeWidth={2}
          strokeLinejoin="round"
          className="stroke-accent"
        />
        {recent.map((sample, index) => (
          <Mark
            key={`${sample.at}:${sample.bytesPerSecond}`}
            kind={sample.kind}
            x={x(times[index] ?? from)}
            y={y(sample.bytesPerSecond)}
            label={`${format.time(sample.at)} · ${t(sample.kind)} · ${format.rate(sample.bytesPerSecond)}`}
          />
        ))}
      </svg>
      <figcaption className="mt-1 flex flex-wrap gap-x-6 gap-y-1 text-sm text-ink-muted">
        <Legend kind="probe" text={t('legendProbe')} />
        <Legend kind="transfer" text={t('legendTransfer')} />
        <span className="flex items-center gap-2">
          <span aria-hidden className="h-0.5 w-4 bg-accent" />
          {t('legendAverage')}
        </span>
      </figcaption>
    </figure>
  );
}

function Mark(props: { kind: Sample['kind']; x: number; y: number; label?: string }) {
  const { kind, x, y, label } = props;
  if (kind === 'probe') {
    return (
      <circle cx={x} cy={y} r={3.5} strokeWidth={1.5} className="fill-surface stroke-ink-muted">
        {label !== undefined && <title>{label}</title>}
      </circle>
    );
  }
  return (
    <rect x={x - 3.5} y={y - 3.5} width={7} height={7} className="fill-run">
      {label !== undefined && <title>{label}</title>}
    </rect>
  );
}

function Legend({ kind, text }: { kind: Sample['kind']; text: string }) {
  return (
    <span className="flex items-center gap-2">
      <svg aria-hidden="true" width={10} height={10}>
        <Mark kind={kind} x={5} y={5} />
      </svg>
      {text}
    </span>
  );
}
