'use client';

import { DEFAULT_WINDOW } from '@breakwater/domain/speed-window';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { settingsQuery } from '../api/queries/settings.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat } from '../language/use-format.ts';
import { Dialog } from '../primitives/dialog.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import { type Pair, pairState } from './pair.ts';
import { pairStateLook } from './pairs-table.tsx';
import { SampleChart } from './sample-chart.tsx';
import { averageLine } from './sample-line.ts';

/** One connection: what was measured on it, probes and transfers apart, with the moving average through them. */
export function PairDialog({ pair, close }: { pair: Pair | null; close: () => void }) {
  const t = useTranslations('network');
  return (
    <Dialog
      open={pair !== null}
      onOpenChange={(open) => !open && close()}
      wide
      title={pair === null ? '' : t('pairName', { agent: pair.agentAddress, node: pair.nodeName })}
    >
      {pair !== null && <PairFacts pair={pair} />}
    </Dialog>
  );
}

function PairFacts({ pair }: { pair: Pair }) {
  const t = useTranslations('network.pair');
  const states = useTranslations('network.state');
  const format = useFormat();
  const { data: settings } = useQuery({ ...settingsQuery, enabled: useMay('settings') });
  const window = settings?.speedWindow ?? DEFAULT_WINDOW;
  const state = pairState(pair);
  const [runId] = pair.flowing;
  if (pair.bytesPerSecond === null) return <p className="text-ink-muted">{t('never')}</p>;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p className="text-lg font-semibold">
          {t('averageOf', { speed: format.rate(pair.bytesPerSecond), count: Math.min(pair.samples, window) })}
        </p>
        <p className="flex items-center gap-3 text-sm text-ink-muted">
          <StatePill {...pairStateLook[state]} label={states(state)} quiet />
          <RelativeTime at={pair.lastSampleAt} />
        </p>
      </div>
      {pair.age === 'stale' && <p className="mb-3 text-warn">{t('stale')}</p>}
      {runId !== undefined && (
        <p className="mb-3">
          {t('flowing')}{' '}
          <Link href={`/runs/${runId}`} className="text-accent hover:underline">
            {t('openRun')}
          </Link>
        </p>
      )}
      {pair.recent.length > 0 && (
        <>
          <SampleChart recent={pair.recent} window={window} />
          <Samples pair={pair} window={window} />
        </>
      )}
    </>
  );
}

function Samples({ pair, window }: { pair: Pair; window: number }) {
  const t = useTranslations('network.pair');
  const format = useFormat();
  const averages = averageLine(pair.recent, window);
  const rows = pair.recent.map((sample, index) => ({ sample, average: averages[index] ?? null })).reverse();
  return (
    <details className="mt-4">
      <summary className="cursor-pointer font-medium">{t('list')}</summary>
      <table className="mt-2 w-full text-sm">
        <thead className="text-left text-ink-muted">
          <tr>
            <th className="py-1 font-medium">{t('when')}</th>
            <th className="py-1 font-medium">{t('kind')}</th>
            <th className="py-1 text-right font-medium">{t('speed')}</th>
            <th className="py-1 text-right font-medium">{t('averageThen')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ sample, average }) => (
            <tr key={`${sample.at}:${sample.bytesPerSecond}`} className="border-t border-line">
              <td className="py-1">
                <time dateTime={sample.at} title={format.exactTime(sample.at)}>
                  {format.time(sample.at)}
                </time>
              </td>
              <td className="py-1">{t(sample.kind)}</td>
              <td className="py-1 text-right">{format.rate(sample.bytesPerSecond)}</td>
              <td className="py-1 text-right">{average === null ? '—' : format.rate(average)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
