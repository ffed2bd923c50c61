'use client';

import type { RunDetail } from '@breakwater/contract/run';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useNow } from '../live/use-now.ts';
import { durationSeconds, type Freshness, remaining } from './run-figures.ts';

/** One number of a run that goes on, with its name. */
export function Figure({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className="text-lg font-medium break-words">{value}</dd>
    </div>
  );
}

/** What is left, or why nobody knows. */
export function Left({ run, fresh }: { run: RunDetail; fresh: Freshness }) {
  const t = useTranslations('runs.progress');
  const format = useFormat();
  const left = remaining(run, fresh);
  if (left.kind === 'seconds')
    return t('etaAbout', { duration: format.duration(Math.max(1, Math.ceil(left.seconds))) });
  return <span className="text-ink-faint">{left.kind === 'none' ? '—' : t(`unknown.${left.why}`)}</span>;
}

/** Counts every second while the run goes on. */
export function Elapsed({ run }: { run: RunDetail }) {
  const format = useFormat();
  const now = useNow(1000);
  const seconds = durationSeconds(run, now);
  return seconds === null ? '—' : format.duration(Math.round(seconds));
}
