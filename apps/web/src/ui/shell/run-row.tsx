'use client';

import type { Run } from '@breakwater/contract/run';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RunStatePill } from '../primitives/state-pill.tsx';
import { wholePercent } from '../runs/run-figures.ts';
import { useRunTitle } from '../runs/use-run-title.ts';
import { runShare } from './run-share.ts';

/** A run that is going on, in two lines and a live bar: in the top bar's list and on the Overview. */
export function RunRow({ run, onOpen }: { run: Run; onOpen?: () => void }) {
  const t = useTranslations('shell.running');
  const runTitle = useRunTitle();
  const format = useFormat();
  const remark = useRemark();
  const share = runShare(run);
  const { progress } = run;
  const title = runTitle(run);
  const facts = [
    run.sourceAddress,
    progress !== null && share !== null ? format.percent(wholePercent(share) / 100) : null,
    progress !== null && progress.bytesPerSecond > 0 ? format.rate(progress.bytesPerSecond) : null,
    progress?.etaSeconds != null
      ? t('left', { duration: format.duration(Math.ceil(progress.etaSeconds)) })
      : null,
  ].filter((fact) => fact !== null);
  return (
    <Link
      href={`/runs/${run.id}`}
      {...(onOpen === undefined ? {} : { onClick: onOpen })}
      className="block rounded-sm px-2 py-2 -outline-offset-2 hover:bg-hover"
    >
      <span className="flex items-center justify-between gap-3">
        <span className="truncate font-medium">{title}</span>
        <RunStatePill state={run.state} quiet why={run} />
      </span>
      {run.state === 'running' && <ProgressBar className="my-1.5" value={share} label={title} />}
      <span className="block truncate text-sm text-ink-muted">
        {run.state === 'running' ? facts.join(' · ') : (remark(run.remark, run.reason) ?? facts.join(' · '))}
      </span>
    </Link>
  );
}
