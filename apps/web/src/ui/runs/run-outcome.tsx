'use client';

import type { RunDetail } from '@breakwater/contract/run';
import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { runStateLook } from '../primitives/state-pill.tsx';
import { Bytes, Count, Duration, Rate } from '../primitives/values.tsx';
import { isCareKind } from './care-kinds.ts';
import { careOutcome } from './care-outcome.ts';
import { completion, durationSeconds, filesTaken } from './run-figures.ts';

/** How it ended: a sentence and the final figures, as far as the run has them. */
export function RunOutcome({ run }: { run: RunDetail }) {
  const t = useTranslations('runs');
  const share = completion(run);
  const facts = useFacts(run);
  const sentence = useSentence(run);
  const nothing = (run.state === 'succeeded' || run.state === 'partial') && filesTaken(run) === 0;
  return (
    <Panel title={t('outcome.title')}>
      {sentence !== null && (
        <p className={clsx('mb-3 flex items-center gap-2 text-lg font-medium', nothing && 'text-warn')}>
          {nothing && <TriangleAlert aria-hidden className="size-5 shrink-0" />}
          {sentence}
        </p>
      )}
      {share.known && (
        <ProgressBar
          value={share.fraction}
          label={t('progress.label')}
          size="lg"
          tone={nothing ? 'warn' : runStateLook[run.state].tone}
          className="mb-4"
        />
      )}
      {withoutFigures(run) && run.progress !== null && (
        <p className="mb-3 text-sm text-ink-muted">{t('progress.startedWith')}</p>
      )}
      <FactList facts={facts} wide />
    </Panel>
  );
}

/** Runs that were cancelled or lost end without final figures; what they had last said stands in. */
function withoutFigures({ kind, stats }: RunDetail): boolean {
  return !isCareKind(kind) && stats?.bytesProcessed === undefined && stats?.bytesRestored === undefined;
}

function useSentence(run: RunDetail): string | null {
  const t = useTranslations('runs.outcome');
  const units = useTranslations('units');
  const format = useFormat();
  const { stats, state, kind } = run;
  if (stats === null || (state !== 'succeeded' && state !== 'partial')) return null;
  const partial = state === 'partial' && run.issueCount > 0;
  if (kind === 'restore') {
    if (stats.filesRestored === undefined || stats.bytesRestored === undefined) return null;
    const values = { files: stats.filesRestored, bytes: format.bytes(stats.bytesRestored) };
    return partial ? t('restoredPartial', { ...values, missing: run.issueCount }) : t('restored', values);
  }
  if (isCareKind(kind)) {
    const outcome = careOutcome(kind, stats);
    if (outcome === null) return null;
    switch (outcome.kind) {
      case 'freed':
        return t('pruned', { bytes: format.bytes(outcome.bytes), packs: outcome.packs });
      case 'read':
        return t('checkedBytes', { bytes: format.bytes(outcome.bytes) });
      case 'forgotten':
        return t('forgot', { count: outcome.count });
      default:
        return t(outcome.kind);
    }
  }
  if (kind !== 'backup' || stats.bytesProcessed === undefined) return null;
  const files = filesTaken(run);
  if (files === null) return null;
  if (files === 0)
    return partial ? t('backupNothingPartial', { missing: run.issueCount }) : t('backupNothing');
  const values = {
    files,
    bytes: format.bytes(stats.bytesProcessed),
    node: run.progress?.nodeName ?? run.placement?.chosen.nodeName ?? units('unknown'),
  };
  return partial ? t('backupPartial', { ...values, missing: run.issueCount }) : t('backup', values);
}

function useFacts(run: RunDetail) {
  const t = useTranslations('runs');
  const { stats, progress } = run;
  const seconds = durationSeconds(run, Date.parse(run.endedAt ?? run.createdAt));
  const facts = [];
  const count = (name: string, value: number | undefined) => {
    if (value !== undefined) facts.push({ name, value: <Count value={value} /> });
  };
  const bytes = (name: string, value: number | undefined) => {
    if (value !== undefined) facts.push({ name, value: <Bytes value={value} /> });
  };
  count(t('outcome.new'), stats?.filesNew);
  count(t('outcome.changed'), stats?.filesChanged);
  count(t('outcome.unmodified'), stats?.filesUnmodified);
  bytes(t(isCareKind(run.kind) ? 'progress.read' : 'outcome.processed'), stats?.bytesProcessed);
  bytes(t('outcome.added'), stats?.bytesAdded);
  bytes(t('outcome.stored'), stats?.bytesStored);
  count(t('outcome.restoredFiles'), stats?.filesRestored);
  bytes(t('outcome.restoredBytes'), stats?.bytesRestored);
  count(t('outcome.forgotten'), stats?.snapshotsForgotten);
  bytes(t('outcome.freed'), stats?.bytesFreed);
  bytes(t('outcome.repacked'), stats?.bytesRepacked);
  count(t('outcome.packsRemoved'), stats?.packsRemoved);
  if (withoutFigures(run) && progress !== null) {
    count(t('progress.files'), progress.filesDone);
    bytes(t('progress.bytes'), progress.bytesDone);
    bytes(t('progress.sentNowhere'), progress.bytesSent);
  }
  const took = seconds ?? stats?.durationSeconds ?? null;
  if (took !== null) facts.push({ name: t('outcome.took'), value: <Duration seconds={took} /> });
  const processed = stats?.bytesProcessed ?? stats?.bytesRestored;
  if (processed !== undefined && took !== null && took >= 1 && processed > 0) {
    facts.push({ name: t('outcome.rate'), value: <Rate value={processed / took} /> });
  }
  return facts;
}
