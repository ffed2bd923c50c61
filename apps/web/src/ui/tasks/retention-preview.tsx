'use client';

import type { JudgedSnapshot, Retention, RetentionPreview as Preview } from '@breakwater/contract/retention';
import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { CircleCheck, CircleMinus, CirclePause, TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useTimeZone, useTranslations } from 'use-intl';
import { retentionPreviewQuery } from '../api/queries/retention.ts';
import { useMay } from '../api/use-session.ts';
import { asSentence } from '../language/as-sentence.ts';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { Button } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { dayOf } from '../runs/runs-query.ts';
import { ConfirmSnapshot } from './confirm-snapshot.tsx';
import { type Judgement, judgements, shownOf } from './judged-snapshots.ts';
import { RetentionCalendar } from './retention-calendar.tsx';
import { useSettled } from './use-settled.ts';

/** Which of a task's snapshots a retention would keep and which not, a moment after its last change. */
export function RetentionPreview({ taskId, retention }: { taskId: string; retention: Retention | null }) {
  const t = useTranslations('tasks.keep.preview');
  const { settled, waiting } = useSettled(retention, 400);
  const { data, error, isPlaceholderData, refetch } = useQuery(retentionPreviewQuery(taskId, settled));
  const old = waiting || isPlaceholderData;
  return (
    <section aria-label={t('title')} aria-busy={old}>
      {data !== undefined && (error === null || old) ? (
        <div className={clsx('transition-opacity', old && 'opacity-60')}>
          <Known preview={data} />
        </div>
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <Skeleton className="h-40 w-full" />
      )}
    </section>
  );
}

function Known({ preview }: { preview: Preview }) {
  const t = useTranslations('tasks.keep.preview');
  const format = useFormat();
  const { snapshots } = preview;
  const [wanted, setWanted] = useState<Judgement>('all');
  const counts = judgements(snapshots);
  const timeZone = useTimeZone() ?? 'UTC';
  const [day, setDay] = useState<string | null>(null);
  const ofDay = day === null ? snapshots : snapshots.filter((one) => dayOf(one.recordedAt, timeZone) === day);
  const shown = shownOf(ofDay, wanted);
  if (snapshots.length === 0) {
    return (
      <>
        <Paused preview={preview} />
        <p className="text-sm text-ink-muted">{t('none')}</p>
      </>
    );
  }
  return (
    <>
      <Paused preview={preview} />
      <p className="mb-2 font-medium" role="status">
        {t('sentence', { kept: counts.kept, removed: counts.removed })}
      </p>
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_15rem]">
        <div className="min-w-0 rounded-md border border-line">
          <fieldset className="flex flex-wrap gap-1 border-b border-line p-1.5">
            <legend className="sr-only">{t('show')}</legend>
            {(['all', 'kept', 'removed'] as const).map((judgement) => (
              <Button
                key={judgement}
                size="sm"
                tone={wanted === judgement ? 'plain' : 'quiet'}
                aria-pressed={wanted === judgement}
                onClick={() => setWanted(judgement)}
              >
                {t(judgement, { count: String(counts[judgement]) })}
              </Button>
            ))}
            {day !== null && (
              <Button size="sm" tone="quiet" icon={X} onClick={() => setDay(null)}>
                {t('onlyDay', { date: format.date(`${day}T12:00:00`) })}
              </Button>
            )}
          </fieldset>
          <ul
            aria-label={t('list')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
            tabIndex={0}
            className="max-h-80 divide-y divide-line overflow-y-auto"
          >
            {shown.snapshots.map((snapshot) => (
              <Judged key={snapshot.snapshotId} snapshot={snapshot} />
            ))}
            {shown.snapshots.length === 0 && <li className="px-3 py-2 text-ink-muted">{t('noSuch')}</li>}
            {shown.more > 0 && (
              <li className="px-3 py-2 text-sm text-ink-muted">{t('more', { count: shown.more })}</li>
            )}
          </ul>
        </div>
        <RetentionCalendar snapshots={snapshots} chosen={day} onChoose={setDay} />
      </div>
    </>
  );
}

function Judged({ snapshot }: { snapshot: JudgedSnapshot }) {
  const t = useTranslations('tasks.keep.preview');
  const format = useFormat();
  const remark = useRemark();
  const may = useMay('confirm-snapshots');
  const { keep, doubt } = snapshot;
  const Icon = keep ? CircleCheck : CircleMinus;
  const why = format.list(snapshot.reasons.map((reason) => remark(reason, reason.text)));
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2 px-3 py-1.5 sm:grid-cols-[1rem_11rem_minmax(0,1fr)]">
      <Icon aria-hidden className={clsx('mt-0.5 size-4', keep ? 'text-ok' : 'text-warn')} />
      <span className="whitespace-nowrap">
        <time dateTime={snapshot.recordedAt} title={format.exactTime(snapshot.recordedAt)}>
          {format.dateTime(snapshot.recordedAt)}
        </time>
      </span>
      <span className="max-sm:col-start-2">
        {snapshot.command !== null && <code className="mr-2 text-sm break-all">{snapshot.command}</code>}
        {keep ? (
          <span className="text-sm text-ink-muted">{t('stays', { why })}</span>
        ) : (
          <span className="text-sm font-medium text-warn">{t('goes')}</span>
        )}
        {doubt !== null && (
          <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-warn">
            <span className="flex items-start gap-1.5">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {asSentence(remark(doubt, doubt.text))}
            </span>
            {may && <ConfirmSnapshot snapshot={snapshot} />}
          </span>
        )}
      </span>
    </li>
  );
}

/** Why nothing is forgotten now, whatever the policy says. */
function Paused({ preview }: { preview: Preview }) {
  const t = useTranslations('tasks.keep.preview');
  const remark = useRemark();
  const { paused, unknown } = preview;
  if (paused === null) return null;
  return (
    <div className="mb-3 flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
      <CirclePause aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p>{t('paused', { why: remark(paused, paused.text) })}</p>
        {unknown.length > 0 && (
          <ul className="mt-1">
            {unknown.map((one) => (
              <li key={`${one.nodeId}:${one.snapshotId}`}>
                <code title={one.snapshotId}>{one.snapshotId.slice(0, 8)}</code> · {one.nodeName}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
