'use client';

import type { RunDetail, RunProgress } from '@breakwater/contract/run';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import type { CareKind } from './care-kinds.ts';
import { Elapsed, Figure, Left } from './progress-figure.tsx';
import type { Freshness } from './run-figures.ts';

/** How far a check, prune or forget is: in packs or snapshots, as it counts them. */
export function CareFigures(props: {
  run: RunDetail;
  kind: CareKind;
  progress: RunProgress;
  fresh: Freshness;
}) {
  const { run, kind, progress, fresh } = props;
  const t = useTranslations('runs.progress');
  const format = useFormat();
  const old = fresh.kind === 'old';
  const { filesDone, filesTotal } = progress;
  const counted =
    filesTotal === null ? (
      <span className="text-ink-faint">{t('unknown.counting')}</span>
    ) : (
      t('filesOf', { done: format.count(filesDone), total: format.count(filesTotal) })
    );
  // A check of the structure alone reads no pack, and has no total to wait for.
  const reads = kind === 'check' && filesTotal !== null;
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3">
      {(kind !== 'check' || reads) && <Figure name={t(`counted.${kind}`)} value={counted} />}
      {reads && (
        <>
          <Figure
            name={t('read')}
            value={t('bytesOf', {
              done: format.bytes(progress.bytesDone),
              total: format.bytes(progress.bytesTotal),
            })}
          />
          <Figure
            name={t('speed')}
            value={
              old ? (
                <span className="text-ink-faint">{t('unknown.old')}</span>
              ) : (
                format.rate(progress.bytesPerSecond)
              )
            }
          />
          <Figure name={t('eta')} value={<Left run={run} fresh={fresh} />} />
        </>
      )}
      {progress.nodeName !== null && <Figure name={t('onNode')} value={progress.nodeName} />}
      <Figure name={t('elapsed')} value={<Elapsed run={run} />} />
    </dl>
  );
}
