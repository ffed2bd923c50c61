'use client';

import type { Overview } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleX, Info } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { activeRunsQuery } from '../api/queries/runs.ts';
import { asSentence } from '../language/as-sentence.ts';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { Unbroken } from '../primitives/unbroken.tsx';
import { Bytes } from '../primitives/values.tsx';
import { RunRow } from '../shell/run-row.tsx';
import { groupEvents } from './group-events.ts';

/** What runs or waits at this moment, with live bars. */
export function RunningPanel() {
  const t = useTranslations('overview.running');
  const { data: runs, error, refetch } = useQuery(activeRunsQuery);
  return (
    <Panel title={t('title')} flush>
      {error !== null && runs === undefined ? (
        <ErrorState error={error} retry={() => void refetch()} compact />
      ) : runs === undefined ? (
        <Skeleton className="m-4 h-5 w-2/3" />
      ) : runs.length === 0 ? (
        <p className="px-4 py-3 text-ink-muted">{t('nothing')}</p>
      ) : (
        <ul className="p-2" aria-label={t('title')}>
          {runs.map((run) => (
            <li key={run.id} className="animate-arrive">
              <RunRow run={run} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** All nodes together: what is used, and by what. */
export function StoragePanel({ storage }: { storage: Overview['storage'] }) {
  const t = useTranslations('overview.storage');
  const format = useFormat();
  const used = storage.totalBytes - storage.freeBytes;
  const share = storage.totalBytes === 0 ? null : used / storage.totalBytes;
  const away = storage.nodes - storage.nodesOnline;
  return (
    <Panel
      title={t('title')}
      actions={
        <Link href="/nodes" className="text-sm text-accent hover:underline">
          {t('nodes', { count: storage.nodes })}
        </Link>
      }
    >
      {storage.nodes === 0 ? (
        <p className="text-ink-muted">{t('noNodes')}</p>
      ) : (
        <>
          {share !== null && (
            <>
              <ProgressBar
                value={share}
                label={t('title')}
                size="lg"
                tone={share > 0.95 ? 'bad' : share > 0.85 ? 'warn' : 'ok'}
              />
              <p className="mt-2">
                {t('used', {
                  used: format.bytes(used),
                  total: format.bytes(storage.totalBytes),
                  share: format.percent(share),
                })}
              </p>
            </>
          )}
          <p className="text-sm text-ink-muted">
            {t.rich('copies', { bytes: () => <Bytes value={storage.usedByCopiesBytes} /> })}
          </p>
          {away > 0 && <p className="mt-1 text-sm font-medium text-bad">{t('away', { count: away })}</p>}
        </>
      )}
    </Panel>
  );
}

const eventIcons = {
  info: <Info aria-hidden className="size-4 text-ink-faint" />,
  warn: <CircleAlert aria-hidden className="size-4 text-warn" />,
  error: <CircleX aria-hidden className="size-4 text-bad" />,
};

/** Lines of events: what is older is in nobody's way. */
const SHOWN = 8;

/** The last things that happened, newest first. */
export function EventsPanel({ events }: { events: Overview['events'] }) {
  const t = useTranslations('overview.events');
  const remark = useRemark();
  return (
    <Panel title={t('title')} flush>
      {events.length === 0 ? (
        <p className="px-4 py-3 text-ink-muted">{t('nothing')}</p>
      ) : (
        <ol className="divide-y divide-line">
          {groupEvents(events)
            .slice(0, SHOWN)
            .map(({ newest: event, count }) => (
              <li key={event.id} className="flex items-start gap-2.5 px-4 py-2">
                <span className="mt-0.5 shrink-0">
                  {eventIcons[event.level]}
                  <span className="sr-only">{t(`level.${event.level}`)}</span>
                </span>
                <p className="min-w-0 flex-1 break-words">
                  <Unbroken text={asSentence(remark(event.remark, event.message))} />
                  {count > 1 && (
                    <span className="text-sm whitespace-nowrap text-ink-muted">
                      {' '}
                      ({t('times', { count })})
                    </span>
                  )}
                </p>
                <RelativeTime at={event.at} className="shrink-0 text-sm text-ink-faint" />
              </li>
            ))}
        </ol>
      )}
    </Panel>
  );
}
