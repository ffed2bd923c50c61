'use client';

import clsx from 'clsx';
import Link from 'next/link';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { type Day, daySummary, nextCell } from './day-strip.ts';

/** Each state has a shape of its own, not only a colour: whole, half, broken, hollow, a dot. */
function Cell({ state }: { state: Day['state'] }) {
  if (state === 'none') return <span className="block h-1 rounded-full bg-line" />;
  if (state === 'ok') return <span className="block h-5 rounded-[2px] bg-ok-solid" />;
  if (state === 'partial') return <span className="block h-3 rounded-[2px] bg-warn-solid" />;
  if (state === 'missed') return <span className="block h-5 rounded-[2px] border-[1.5px] border-bad-solid" />;
  return (
    <span className="flex h-5 flex-col gap-[3px]">
      <span className="flex-1 rounded-[2px] bg-bad-solid" />
      <span className="flex-1 rounded-[2px] bg-bad-solid" />
    </span>
  );
}

/** 30 days, one cell each; a cell leads to that day's runs. One stop for the tab key, the arrows go from day to day. */
export function DayStrip({ address, days }: { address: string; days: readonly Day[] }) {
  const t = useTranslations('overview.days');
  const format = useFormat();
  const [current, setCurrent] = useState(days.length - 1);
  const list = useRef<HTMLUListElement>(null);

  function onKeyDown(event: KeyboardEvent) {
    const next = nextCell(current, event.key, days.length);
    if (next === null) return;
    event.preventDefault();
    setCurrent(next);
    list.current?.querySelectorAll('a')[next]?.focus();
  }

  const summary = daySummary(days).map(({ state, count }) =>
    t('counted', { state: t(state), count: String(count) }),
  );
  return (
    <ul
      ref={list}
      aria-label={t('label', {
        server: address,
        summary: summary.length === 0 ? t('none') : format.list(summary),
      })}
      onKeyDown={onKeyDown}
      className="relative z-1 flex h-6 w-60 items-end gap-[2px] max-sm:w-full"
    >
      {days.map((day, index) => {
        const text = t('cell', {
          // Noon: a date alone would be read as midnight in UTC, which may be the day before here.
          date: format.date(`${day.date}T12:00:00`),
          state: t(day.state),
          count: day.runs,
        });
        return (
          <li key={day.date} className="flex h-6 flex-1 items-end">
            <Link
              href={`/runs?server=${encodeURIComponent(address)}&day=${day.date}`}
              prefetch={false}
              title={text}
              aria-label={text}
              tabIndex={index === current ? 0 : -1}
              onFocus={() => setCurrent(index)}
              className={clsx(
                'flex h-6 w-full items-end rounded-[2px] outline-offset-1 hover:brightness-125',
              )}
            >
              <span className="w-full">
                <Cell state={day.state} />
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** What the shapes mean. */
export function DayLegend() {
  const t = useTranslations('overview.days');
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted" aria-label={t('legend')}>
      {(['ok', 'partial', 'failed', 'missed', 'none'] as const).map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden className="flex h-5 w-1.5 items-end">
            <span className="w-full">
              <Cell state={state} />
            </span>
          </span>
          {t(state)}
        </li>
      ))}
    </ul>
  );
}
