'use client';

import type { RunDetail } from '@breakwater/contract/run';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Panel } from '../primitives/panel.tsx';
import { NodeBands } from './node-bands.tsx';
import { SpeedChart } from './speed-chart.tsx';
import { nodeBands, seams } from './speed-curve.ts';

/** The run's speed over time, which node it went to, and every change of node. */
export function SpeedPanel({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.curve');
  const format = useFormat();
  const points = run.speedCurve;
  const bands = useMemo(() => nodeBands(points), [points]);
  const changes = useMemo(() => seams(bands), [bands]);
  const [pointed, setPointed] = useState<number | null>(null);
  const first = points[0];
  const last = points.at(-1);

  if (first === undefined || last === undefined || last.atMs <= first.atMs) {
    return (
      <Panel title={t('title')}>
        <p className="text-ink-muted">{t('empty')}</p>
      </Panel>
    );
  }
  const range = { fromMs: first.atMs, toMs: last.atMs };
  const nodes = [...new Set(points.map((point) => point.nodeName).filter((name) => name !== null))];
  const at = pointed === null ? null : points.reduce((a, b) => (near(b, pointed) < near(a, pointed) ? b : a));
  return (
    <Panel
      title={t('title')}
      actions={
        <span className="text-sm text-ink-muted max-sm:hidden">
          {at === null
            ? t('hover')
            : t('point', {
                after: format.duration(at.atMs / 1000),
                rate: format.rate(at.bytesPerSecond),
                node: at.nodeName ?? t('nowhere'),
              })}
        </span>
      }
    >
      <SpeedChart
        points={points}
        range={range}
        seamsMs={changes.map((seam) => seam.atMs)}
        onPoint={setPointed}
        label={t('describe', {
          duration: format.duration((last.atMs - first.atMs) / 1000),
          most: format.rate(points.reduce((most, point) => Math.max(most, point.bytesPerSecond), 0)),
          nodes: nodes.length === 0 ? t('nowhere') : format.list(nodes),
        })}
      />
      <NodeBands bands={bands} range={range} nodes={nodes} nowhere={t('nowhere')} />
      {changes.length > 0 && (
        <ul className="mt-3 text-sm text-ink-muted">
          {changes.map((seam) => (
            <li key={seam.atMs}>
              {t('seam', { after: format.duration(seam.atMs / 1000), from: seam.from, to: seam.to })}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function near(point: { atMs: number }, seconds: number): number {
  return Math.abs(point.atMs - seconds * 1000);
}
