'use client';

import { withSense } from '@breakwater/contract/remark';
import type { RunDetail, RunProgress } from '@breakwater/contract/run';
import clsx from 'clsx';
import { Clock, Gauge, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { Panel } from '../primitives/panel.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { CareFigures } from './care-figures.tsx';
import { isCareKind } from './care-kinds.ts';
import { Elapsed, Figure, Left } from './progress-figure.tsx';
import { completion, type Freshness, wholePercent } from './run-figures.ts';
import { useFreshness } from './use-freshness.ts';
import { usePhaseWords } from './use-phase-words.ts';

/** A run that is not over: how far it is, and nothing that is not true at this moment. */
export function RunProgressPanel({ run }: { run: RunDetail }) {
  if (run.state !== 'running' && run.progress === null) return <NotRunning run={run} />;
  return <Running run={run} />;
}

function NotRunning({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.waitingNow');
  const remark = useRemark();
  const state = run.state;
  if (state !== 'queued' && state !== 'waiting' && state !== 'dispatched') return <Running run={run} />;
  return (
    <Panel>
      <p className="flex items-start gap-2">
        <Clock aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
        <span>
          {run.reason !== null && <span className="block font-medium">{remark(run.remark, run.reason)}</span>}
          {t(state)}
        </span>
      </p>
    </Panel>
  );
}

function Running({ run }: { run: RunDetail }) {
  const t = useTranslations('runs');
  const say = useRemark();
  const format = useFormat();
  const phaseWords = usePhaseWords();
  const fresh = useFreshness(run);
  const share = completion(run);
  const { progress } = run;
  const old = fresh.kind === 'old';
  const heldUp = progress?.phase === 'retrying' || progress?.phase === 'waiting-for-node';
  return (
    <Panel>
      <div className="mb-2 flex items-end justify-between gap-x-4">
        <p className="min-w-0 font-medium" aria-live="polite">
          {phaseWords(run.kind, progress?.phase ?? 'starting')}
          {progress?.note != null && (
            <span className="block font-normal break-words text-warn">
              {say(withSense(progress.note, progress.noteSense), progress.note)}
            </span>
          )}
          {progress?.heldBy !== undefined && !old && <HeldBy heldBy={progress.heldBy} />}
          {isCareKind(run.kind) && progress?.phase === 'waiting-for-node' && run.repositoryId !== null && (
            <Link
              href={`/repositories/${run.repositoryId}`}
              className="font-normal text-accent hover:underline"
            >
              {t('carePhase.locks')}
            </Link>
          )}
        </p>
        {share.known && (
          <p className="text-2xl font-semibold">{format.percent(wholePercent(share.fraction) / 100)}</p>
        )}
      </div>
      <ProgressBar
        value={share.known ? Math.min(share.fraction, 1) : null}
        label={t('progress.label')}
        size="lg"
        tone={old ? 'idle' : heldUp ? 'warn' : 'run'}
      />
      <Staleness fresh={fresh} />
      {progress !== null &&
        (isCareKind(run.kind) ? (
          <CareFigures run={run} kind={run.kind} progress={progress} fresh={fresh} />
        ) : (
          <Figures run={run} progress={progress} fresh={fresh} />
        ))}
      {progress?.currentFile != null && !old && (
        <p className="mt-4 flex min-w-0 gap-2 border-t border-line pt-3 text-sm text-ink-muted">
          <span className="shrink-0">{t('progress.current')}</span>
          {/* The end of a path says more than its beginning. */}
          <bdi dir="rtl" className="min-w-0 truncate text-left font-mono" title={progress.currentFile}>
            <bdi dir="ltr">{progress.currentFile}</bdi>
          </bdi>
        </p>
      )}
    </Panel>
  );
}

/** A limit that somebody has set, and no trouble. */
function HeldBy({ heldBy }: { heldBy: NonNullable<RunProgress['heldBy']> }) {
  const t = useTranslations('bandwidth');
  const format = useFormat();
  const held = t(`heldBy.${heldBy.limit}`, { rate: format.rate(heldBy.bytesPerSecond) });
  return (
    <span className="flex items-center gap-1.5 font-normal text-ink-muted">
      <Gauge aria-hidden className="size-4 shrink-0" />
      {heldBy.until === null ? held : t('until', { held, time: format.dateTime(heldBy.until) })}
    </span>
  );
}

function Staleness({ fresh }: { fresh: Freshness }) {
  const t = useTranslations('runs.progress');
  const format = useFormat();
  if (fresh.kind !== 'old') return null;
  const age = format.duration(Math.round(fresh.ageMs / 1000));
  // Just opened: the next report is due at any moment, and there is nothing to warn of yet.
  const first = fresh.ageMs === 0 && fresh.why === 'agent-silent';
  return (
    <p className={clsx('mt-2 flex items-center gap-2 text-sm', first ? 'text-ink-muted' : 'text-warn')}>
      {!first && <TriangleAlert aria-hidden className="size-4 shrink-0" />}
      {first ? t('first') : t(`stale.${fresh.why}`, { age })}
    </p>
  );
}

function Figures({ run, progress, fresh }: { run: RunDetail; progress: RunProgress; fresh: Freshness }) {
  const t = useTranslations('runs.progress');
  const format = useFormat();
  const share = completion(run);
  const old = fresh.kind === 'old';
  const unknown = <span className="text-ink-faint">{t('unknown.old')}</span>;
  const done = format.bytes(progress.bytesDone);
  const total = format.bytes(progress.bytesTotal);
  const grew = !share.known && share.why === 'grew';
  const bytes =
    progress.bytesTotal === null
      ? t('bytesCounting', { done })
      : grew
        ? t('bytesGrew', { done, total })
        : t('bytesOf', { done, total });
  const files =
    progress.filesTotal === null || grew
      ? format.count(progress.filesDone)
      : t('filesOf', { done: format.count(progress.filesDone), total: format.count(progress.filesTotal) });
  const sentName =
    progress.nodeName === null
      ? t('sentNowhere')
      : t(run.kind === 'restore' ? 'fetched' : 'sent', { node: progress.nodeName });
  const sent = format.bytes(progress.bytesSent);
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3">
      <Figure name={t('bytes')} value={bytes} />
      <Figure name={t('files')} value={files} />
      <Figure name={t('speed')} value={old ? unknown : format.rate(progress.bytesPerSecond)} />
      <Figure
        name={sentName}
        value={old ? sent : t('sentValue', { bytes: sent, rate: format.rate(progress.sentPerSecond) })}
      />
      <Figure name={t('eta')} value={<Left run={run} fresh={fresh} />} />
      <Figure name={t('elapsed')} value={<Elapsed run={run} />} />
      {progress.errors > 0 && (
        <Figure
          name={t('errors')}
          value={<span className="text-warn">{format.count(progress.errors)}</span>}
        />
      )}
    </dl>
  );
}
