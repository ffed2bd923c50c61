'use client';

import type { Snapshot } from '@breakwater/contract/resources';
import clsx from 'clsx';
import { useMemo } from 'react';
import { useTimeZone, useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Badge } from '../primitives/badge.tsx';
import { Button } from '../primitives/button.tsx';
import { Panel } from '../primitives/panel.tsx';
import { timelineDays } from './timeline-days.ts';

/** Snapshots by day, newest first, along a line. */
export function Timeline(props: {
  snapshots: readonly Snapshot[];
  chosen: string | null;
  withServer: boolean;
  onChoose: (id: string) => void;
  more: { has: boolean; loading: boolean; load: () => void };
}) {
  const { snapshots, chosen, more } = props;
  const t = useTranslations('snapshots');
  const common = useTranslations('common.action');
  const format = useFormat();
  const timeZone = useTimeZone() ?? 'UTC';
  const days = useMemo(() => timelineDays(snapshots, timeZone), [snapshots, timeZone]);
  const newest = days[0]?.snapshots[0]?.id;
  return (
    <Panel flush className="lg:sticky lg:top-17">
      <nav aria-label={t('timeline')} className="max-h-72 overflow-y-auto py-2 lg:max-h-[calc(100dvh-10rem)]">
        {days.map((day) => (
          <section key={day.date}>
            <h2 className="px-4 pt-2 pb-1 text-xs font-medium text-ink-faint">
              {format.date(day.snapshots[0]?.time ?? day.date)}
            </h2>
            <ul>
              {day.snapshots.map((snapshot) => (
                <li key={snapshot.id}>
                  <Moment
                    snapshot={snapshot}
                    chosen={snapshot.id === chosen}
                    newest={snapshot.id === newest}
                    withServer={props.withServer}
                    onChoose={() => props.onChoose(snapshot.id)}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {more.has && (
          <div className="p-3">
            <Button size="sm" busy={more.loading} onClick={more.load} className="w-full">
              {common('loadMore')}
            </Button>
          </div>
        )}
      </nav>
    </Panel>
  );
}

function Moment(props: {
  snapshot: Snapshot;
  chosen: boolean;
  newest: boolean;
  withServer: boolean;
  onChoose: () => void;
}) {
  const { snapshot, chosen } = props;
  const t = useTranslations('snapshots');
  const format = useFormat();
  const about = [
    props.withServer ? (snapshot.sourceAddress ?? snapshot.hostname) : null,
    snapshot.taskName,
  ].filter((fact) => fact !== null);
  return (
    <button
      type="button"
      onClick={props.onChoose}
      aria-current={chosen ? 'true' : undefined}
      className={clsx(
        'relative flex w-full items-start gap-3 px-4 py-1.5 text-left -outline-offset-2',
        'before:absolute before:inset-y-0 before:left-[1.4375rem] before:w-px before:bg-line before:content-[""]',
        chosen ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <span
        aria-hidden
        className={clsx(
          'relative mt-1 ml-0.5 size-3 shrink-0 rounded-full border-2',
          snapshot.partial ? 'border-warn-solid' : 'border-accent',
          chosen ? (snapshot.partial ? 'bg-warn-solid' : 'bg-accent') : 'bg-surface',
        )}
      />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2">
          <time dateTime={snapshot.time} title={format.exactTime(snapshot.time)} className="font-medium">
            {format.time(snapshot.time)}
          </time>
          {props.newest && <Badge tone="ok">{t('newest')}</Badge>}
          {snapshot.partial && <Badge tone="warn">{t('partial')}</Badge>}
          <span className="ml-auto text-sm whitespace-nowrap text-ink-muted tabular-nums">
            {snapshot.bytes === null ? t('sizeUnknown') : format.bytes(snapshot.bytes)}
          </span>
        </span>
        {snapshot.command !== null && (
          <code className="block truncate text-sm" title={snapshot.command}>
            {snapshot.command}
          </code>
        )}
        {about.length > 0 && (
          <span className="block truncate text-sm text-ink-muted" title={about.join(' · ')}>
            {about.join(' · ')}
          </span>
        )}
      </span>
    </button>
  );
}
