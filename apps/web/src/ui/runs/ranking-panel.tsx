'use client';

import type { Placement, RankedNode } from '@breakwater/contract/placement';
import type { RunDetail } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import { Ban, Circle, CircleCheck } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { Panel } from '../primitives/panel.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import type { Tone } from '../primitives/tone.ts';
import { Bytes, Duration, Rate } from '../primitives/values.tsx';
import { rankSentence } from './rank-sentence.ts';

/** Why the data went where it went: the newest ranking, and those before it folded away. */
export function RankingPanel({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.ranking');
  const format = useFormat();
  const newestFirst = [...run.placements].reverse();
  const [newest, ...earlier] = newestFirst;
  if (newest === undefined) {
    return (
      <Panel title={t('titleRefused')}>
        <p className="text-ink-muted">{isFinal(run.state) ? t('noneNeeded') : t('none')}</p>
      </Panel>
    );
  }
  return (
    <Panel
      flush
      title={t('title')}
      description={[
        t(`strategy.${newest.strategy}`),
        bySpeedAlone(newest) ? t('strategy.speedOnly') : '',
        newest.failOver ? t('failOver') : '',
      ].join(' ')}
    >
      <RankingInWords placement={newest} />
      <Ranking name="ranking" placement={newest} />
      {earlier.length > 0 && (
        <details className="border-t border-line">
          <summary className="cursor-pointer px-4 py-3 font-medium -outline-offset-2">
            {t('earlier', { count: earlier.length })}
          </summary>
          {earlier.map((placement, index) => (
            <div key={placement.at} className="border-t border-line">
              <p className="px-4 pt-3 text-sm text-ink-muted">
                {t('madeAt', { at: format.dateTime(placement.at) })}
              </p>
              <Ranking name={`ranking-${index}`} placement={placement} />
            </div>
          ))}
        </details>
      )}
    </Panel>
  );
}

/** Ranked by the finish, but what some node lacks is not known, so the finish cannot be either. */
function bySpeedAlone(placement: Placement): boolean {
  if (placement.strategy !== 'finish-first') return false;
  return placement.ranking.some((one) => one.verdict !== 'refused' && one.finishSeconds === null);
}

const looks: Record<RankedNode['verdict'], { tone: Tone; icon: typeof Ban }> = {
  chosen: { tone: 'ok', icon: CircleCheck },
  eligible: { tone: 'idle', icon: Circle },
  refused: { tone: 'warn', icon: Ban },
};

function Ranking({ name, placement }: { name: string; placement: Placement }) {
  const t = useTranslations('runs.ranking');
  const sentence = useRankWords(placement);
  const columns = useMemo<readonly Column<RankedNode>[]>(
    () => [
      {
        id: 'node',
        header: t('node'),
        cell: (one) => (
          <span className="flex items-center gap-x-2 max-sm:flex-wrap">
            {one.nodeName}
            <StatePill {...looks[one.verdict]} label={t(one.verdict)} quiet />
          </span>
        ),
      },
      { id: 'speed', header: t('speed'), align: 'end', cell: (one) => <Rate value={one.bytesPerSecond} /> },
      { id: 'toSend', header: t('toSend'), align: 'end', cell: (one) => <Bytes value={one.bytesToSend} /> },
      {
        id: 'done',
        header: t('done'),
        align: 'end',
        cell: (one) =>
          // An estimate in milliseconds would claim to know more than it does.
          one.finishSeconds !== null && one.finishSeconds < 1 ? (
            <span className="whitespace-nowrap">{t('underASecond')}</span>
          ) : (
            <Duration seconds={one.finishSeconds} />
          ),
      },
      { id: 'why', header: t('why'), cell: (one) => <span className="text-ink-muted">{sentence(one)}</span> },
    ],
    [t, sentence],
  );
  return (
    <DataTable
      name={name}
      label={t('label')}
      columns={columns}
      rows={placement.ranking}
      rowId={(one) => one.nodeId}
      empty={null}
      bare
    />
  );
}

/** So many candidates are told of in words; the table has them all. */
const TOLD = 5;

/** The ranking as one would tell it: what each node could do, and what became of it. */
function RankingInWords({ placement }: { placement: Placement }) {
  const t = useTranslations('runs.ranking');
  const format = useFormat();
  const sentence = useRankWords(placement);
  const more = placement.ranking.length - TOLD;
  const told = placement.ranking.slice(0, TOLD).map((one) => {
    const { nodeName: node, bytesPerSecond, bytesToSend, finishSeconds } = one;
    const figures = [
      bytesPerSecond === null ? null : format.rate(bytesPerSecond),
      bytesToSend === null ? null : t('bytesToSend', { bytes: format.bytes(bytesToSend) }),
      finishSeconds === null
        ? null
        : t('doneIn', {
            duration: finishSeconds < 1 ? t('underASecond') : format.duration(Math.round(finishSeconds)),
          }),
    ].filter((figure) => figure !== null);
    // These name the figures that matter themselves.
    const isTold = one.because === 'lacks-more' || one.because === 'shared';
    if (one.verdict === 'refused' || figures.length === 0 || isTold) {
      return t('told', { node, words: sentence(one) });
    }
    const facts = figures.join(t('comma'));
    if (one.verdict === 'chosen') return t('toldChosen', { node, facts });
    return t('toldOther', { node, facts, words: sentence(one) });
  });
  return (
    <p className="px-4 py-3 text-sm">
      {told.join(t('between'))}
      {more > 0 && `${t('between')}${t('toldMore', { count: more })}`}
    </p>
  );
}

/** Why each candidate stands where it does, in the reader's language. */
function useRankWords(placement: Placement): (one: RankedNode) => string {
  const t = useTranslations('runs.ranking');
  const format = useFormat();
  return useMemo(() => {
    return (one) => {
      const why = rankSentence(one, placement);
      switch (why.key) {
        case 'finishesFirst':
          return t('finishesFirst');
        case 'finishesLater':
          return why.laterBy < 0.001
            ? t('finishesSame')
            : t('finishesLater', { later: format.duration(why.laterBy) });
        case 'fastest':
          return t('fastest', { speed: format.rate(why.speed) });
        case 'slower':
          return why.times === null || why.times < 1.05
            ? t('slowerPlain', { speed: format.rate(why.speed) })
            : t('slower', {
                speed: format.rate(why.speed),
                times: new Intl.NumberFormat(format.locale, { maximumFractionDigits: 1 }).format(why.times),
              });
        case 'usual':
          return t('usual', { margin: format.percent(why.margin, true) });
        case 'withinMargin':
          return t('withinMargin', { margin: format.percent(why.margin, true) });
        case 'unmeasured':
        case 'leastCrowded':
        case 'crowded':
          return t(why.key);
        case 'lacksMore':
          return t('lacksMore', { speed: format.rate(why.speed), toSend: format.bytes(why.toSend) });
        case 'shared':
          return t('shared', { speed: format.rate(why.speed), transfers: why.transfers });
        case 'unhealthy':
          return t('unhealthy', { reason: why.reason });
        case 'pinned':
          return why.speed === null ? t('pinnedUnmeasured') : t('pinned', { speed: format.rate(why.speed) });
        case 'refused':
          return t(why.refusal);
        case 'raw':
          return why.reason;
      }
    };
  }, [t, format, placement]);
}
