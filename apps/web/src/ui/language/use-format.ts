'use client';

import { useMemo } from 'react';
import { useLocale, useTimeZone, useTranslations } from 'use-intl';
import { formatBytes } from './format-bytes.ts';
import { durationParts } from './format-duration.ts';
import { formatRelativeTime } from './format-relative-time.ts';

/**
 * Everything a screen shows that is not a word, in the reader's language, units and time zone. Sizes in bytes, rates
 * in bytes a second, durations in seconds, instants as ISO strings or epoch milliseconds. null reads as "unknown".
 */
export function useFormat() {
  const locale = useLocale();
  const timeZone = useTimeZone();
  const t = useTranslations('units');

  return useMemo(() => {
    const unknown = t('unknown');
    const zone = timeZone === undefined ? {} : { timeZone };
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
    // Schedules are told in 24 hours: all other times must be comparable with them at a glance.
    const hours = { hourCycle: 'h23', ...zone } as const;
    const minute = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...hours });
    const second = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long', ...hours });
    const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...hours });
    const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
    const fineShare = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
    const bytes = (value: number | null) => (value === null ? unknown : formatBytes(value, locale));
    const list = new Intl.ListFormat(locale, { type: 'conjunction' });
    return {
      locale,
      bytes,
      rate: (bytesPerSecond: number | null) =>
        bytesPerSecond === null ? unknown : t('perSecond', { amount: bytes(bytesPerSecond) }),
      duration: (seconds: number | null) =>
        seconds === null
          ? unknown
          : durationParts(seconds)
              .map(({ unit, value }) => t(unit, { value: decimal.format(value) }))
              .join(' '),
      count: (value: number | null) => (value === null ? unknown : whole.format(value)),
      /** 0…1 as a percentage; `fine` keeps one decimal. */
      percent: (value: number | null, fine = false) =>
        value === null ? unknown : (fine ? fineShare : share).format(value),
      date: (at: string | number) => day.format(new Date(at)),
      dateTime: (at: string | number) => minute.format(new Date(at)),
      exactTime: (at: string | number) => second.format(new Date(at)),
      time: (at: string | number) => clock.format(new Date(at)),
      relative: (at: string | number, now: number) =>
        formatRelativeTime(new Date(at).getTime(), now, locale) ?? t('now'),
      /** `web-1, web-2, and web-3` */
      list: (words: readonly string[]) => list.format(words),
    };
  }, [locale, timeZone, t]);
}
export type Format = ReturnType<typeof useFormat>;
