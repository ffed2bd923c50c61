'use client';

import { CircleCheck, CircleDashed, CircleX, Clock, type LucideIcon, Zap } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import type { Tone } from '../primitives/tone.ts';
import { Count, Rate } from '../primitives/values.tsx';
import { Sparkline } from '../servers/sparkline.tsx';
import { type Pair, pairKey, pairState, type PairState } from './pair.ts';

export const pairStateLook: Record<PairState, { tone: Tone; icon: LucideIcon }> = {
  flowing: { tone: 'run', icon: Zap },
  fresh: { tone: 'ok', icon: CircleCheck },
  stale: { tone: 'warn', icon: Clock },
  never: { tone: 'idle', icon: CircleDashed },
  offline: { tone: 'bad', icon: CircleX },
};

/** Every agent → node pair as a row; the same facts as the drawing. */
export function PairsTable({ pairs, onOpen }: { pairs: readonly Pair[]; onOpen: (pair: Pair) => void }) {
  const t = useTranslations('network');
  const columns = useMemo<readonly Column<Pair>[]>(
    () => [
      {
        id: 'pair',
        header: t('column.pair'),
        value: (pair) => t('pairName', { agent: pair.agentAddress, node: pair.nodeName }),
        cell: (pair) => (
          <button
            type="button"
            aria-label={t('open', { agent: pair.agentAddress, node: pair.nodeName })}
            onClick={() => onOpen(pair)}
            className="text-left font-medium hover:underline"
          >
            {t('pairName', { agent: pair.agentAddress, node: pair.nodeName })}
          </button>
        ),
      },
      {
        id: 'speed',
        header: t('column.speed'),
        align: 'end',
        value: (pair) => pair.bytesPerSecond,
        cell: (pair) => <Rate value={pair.bytesPerSecond} />,
      },
      { id: 'trend', header: t('column.trend'), cell: (pair) => <Trend pair={pair} /> },
      {
        id: 'samples',
        header: t('column.samples'),
        align: 'end',
        hidden: true,
        value: (pair) => pair.samples,
        cell: (pair) => <Count value={pair.samples} />,
      },
      {
        id: 'last',
        header: t('column.last'),
        value: (pair) => pair.lastSampleAt,
        cell: (pair) => <RelativeTime at={pair.lastSampleAt} />,
      },
      {
        id: 'state',
        header: t('column.state'),
        value: (pair) => t(`state.${pairState(pair)}`),
        cell: (pair) => (
          <StatePill {...pairStateLook[pairState(pair)]} label={t(`state.${pairState(pair)}`)} quiet />
        ),
      },
    ],
    [t, onOpen],
  );
  return (
    <DataTable
      name="pairs"
      label={t('table')}
      columns={columns}
      rows={pairs}
      rowId={(pair) => pairKey(pair.agentId, pair.nodeId)}
      sort={{ id: 'pair', desc: false }}
      empty={null}
    />
  );
}

function Trend({ pair }: { pair: Pair }) {
  const t = useTranslations('network');
  const format = useFormat();
  const newest = pair.recent.at(-1);
  if (newest === undefined) return <span className="text-ink-faint">—</span>;
  return (
    <span
      role="img"
      aria-label={t('trendLabel', { count: pair.recent.length, newest: format.rate(newest.bytesPerSecond) })}
    >
      <Sparkline values={pair.recent.map((sample) => sample.bytesPerSecond)} />
    </span>
  );
}
