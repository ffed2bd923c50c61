'use client';

import type { JudgedSnapshot } from '@breakwater/contract/retention';
import clsx from 'clsx';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useLocale, useTimeZone, useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { nextCell } from '../overview/day-strip.ts';
import { type CalendarDay, calendarOf, filledDays } from './preview-calendar.ts';

/**
 * Which days keep a snapshot. A day that is chosen narrows the list beside it; chosen again, it is let go. One stop
 * for the tab key, the arrows go from day to day.
 */
export function RetentionCalendar(props: {
  snapshots: readonly Pick<JudgedSnapshot, 'recordedAt' | 'keep'>[];
  chosen: string | null;
  onChoose: (date: string | null) => void;
}) {
  const { snapshots, chosen, onChoose } = props;
  const t = useTranslations('tasks.keep.preview');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const { months, more } = useMemo(() => calendarOf(snapshots, timeZone), [snapshots, timeZone]);
  const order = useMemo(() => filledDays(months).map(({ date }) => date), [months]);
  const [current, setCurrent] = useState(0);
  const box = useRef<HTMLElement>(null);
  const words = useMemo(() => monthWords(locale), [locale]);

  function onKeyDown(event: KeyboardEvent) {
    const next = nextCell(current, event.key, order.length);
    if (next === null) return;
    event.preventDefault();
    setCurrent(next);
    box.current?.querySelector<HTMLButtonElement>(`[data-date="${order[next]}"]`)?.focus();
  }
  return (
    <section
      ref={box}
      aria-label={t('calendar')}
      onKeyDown={onKeyDown}
      className="flex max-h-96 flex-wrap content-start gap-x-5 gap-y-4 overflow-y-auto rounded-md border border-line p-3"
    >
      {months.map(({ month, weeks }) => (
        <section key={month}>
          <h3 className="mb-1 text-sm font-medium">{words.month(month)}</h3>
          <div aria-hidden className="grid grid-cols-7 text-center text-xs text-ink-faint">
            {words.weekdays.map((day) => (
              <span key={day.key} className="w-7">
                {day.short}
              </span>
            ))}
          </div>
          <div className="grid grid-cols-7 gap-y-0.5">
            {weeks.flatMap((week, at) =>
              week.map((day, weekday) =>
                day === null ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an empty place is its position.
                  <span key={`${at}.${weekday}`} />
                ) : (
                  <Day
                    key={day.date}
                    day={day}
                    chosen={chosen === day.date}
                    reachable={order.indexOf(day.date) === Math.min(current, order.length - 1)}
                    onFocus={() => setCurrent(order.indexOf(day.date))}
                    onChoose={() => onChoose(chosen === day.date ? null : day.date)}
                  />
                ),
              ),
            )}
          </div>
        </section>
      ))}
      {more > 0 && <p className="w-full text-sm text-ink-muted">{t('moreMonths', { count: more })}</p>}
      <p className="flex w-full flex-wrap gap-x-4 gap-y-1 text-sm text-ink-muted">
        <span className="flex items-center gap-1.5">
          <span aria-hidden className={clsx('h-4 w-6 rounded-sm', shapes.kept)} />
          {t('dayKept')}
        </span>
        <span className="flex items-center gap-1.5">
          <span aria-hidden className={clsx('h-4 w-6 rounded-sm', shapes.removed)} />
          {t('dayRemoved')}
        </span>
      </p>
    </section>
  );
}

/** Filled or hollow, so that colour is not all that tells them apart. */
const shapes = {
  kept: 'bg-ok-soft text-ok',
  removed: 'border border-dashed border-warn text-warn line-through',
} as const;

function Day(props: {
  day: CalendarDay;
  chosen: boolean;
  reachable: boolean;
  onFocus: () => void;
  onChoose: () => void;
}) {
  const { date, kept, removed } = props.day;
  const t = useTranslations('tasks.keep.preview');
  const format = useFormat();
  const number = String(Number(date.slice(8)));
  if (kept + removed === 0) {
    return <span className="flex h-6 w-7 items-center justify-center text-xs text-ink-faint">{number}</span>;
  }
  // Noon: a date alone would be read as midnight in UTC, which may be the day before here.
  const text = t('day', { date: format.date(`${date}T12:00:00`), kept, removed });
  return (
    <button
      type="button"
      data-date={date}
      title={text}
      aria-label={text}
      aria-pressed={props.chosen}
      tabIndex={props.reachable ? 0 : -1}
      onFocus={props.onFocus}
      onClick={props.onChoose}
      className={clsx(
        'flex h-6 w-7 items-center justify-center rounded-sm text-xs font-medium tabular-nums hover:brightness-110',
        kept > 0 ? shapes.kept : shapes.removed,
        props.chosen && 'ring-2 ring-accent',
      )}
    >
      {number}
    </button>
  );
}

/** Names of months and weekdays, Monday first, in the reader's language. */
function monthWords(locale: string) {
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'narrow', timeZone: 'UTC' });
  return {
    month: (of: string) => month.format(new Date(`${of}-01T00:00:00Z`)),
    // The 5th of January 2026 is a Monday.
    weekdays: Array.from({ length: 7 }, (_, at) => ({
      key: at,
      short: weekday.format(new Date(Date.UTC(2026, 0, 5 + at))),
    })),
  };
}
