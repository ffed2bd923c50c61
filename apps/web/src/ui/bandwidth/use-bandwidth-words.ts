'use client';

import type { BandwidthLimitGiven } from '@breakwater/contract/bandwidth';
import { useCallback } from 'react';
import { useLocale, useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';

/** 2026-11-23 was a Monday, which is day 1 of ISO 8601. */
const MONDAY = Date.UTC(2026, 10, 23);
const DAY_MS = 86_400_000;

/** `Tue` for 2, in the reader's language. */
export function dayName(day: number, locale: string, weekday: 'short' | 'long' = 'short'): string {
  return new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(MONDAY + (day - 1) * DAY_MS);
}

/** A limit as a reader says it: `2 MB/s Mon–Fri 08:00–18:00, else as fast as the line is`. */
export function useBandwidthWords(): (limit: BandwidthLimitGiven | null) => string {
  const t = useTranslations('bandwidth');
  const locale = useLocale();
  const format = useFormat();
  return useCallback(
    (limit) => {
      if (limit === null) return t('unlimited');
      const rate = (bytesPerSecond: number | null) =>
        bytesPerSecond === null ? t('allThereIs') : format.rate(bytesPerSecond);
      if (limit.windows.length === 0) return rate(limit.bytesPerSecond);
      const windows = limit.windows.map(({ days, from, to, bytesPerSecond }) => {
        const sorted = [...days].sort((a, b) => a - b);
        const [first = 1] = sorted;
        const last = sorted.at(-1) ?? first;
        const names =
          sorted.length === 7
            ? t('everyDay')
            : sorted.length > 2 && last - first === sorted.length - 1
              ? t('daySpan', { first: dayName(first, locale), last: dayName(last, locale) })
              : format.list(sorted.map((day) => dayName(day, locale)));
        return t('window', { rate: rate(bytesPerSecond), days: names, from, to });
      });
      const zone = limit.timeZone;
      return t('windows', { windows: windows.join('; '), otherwise: rate(limit.bytesPerSecond), zone });
    },
    [t, locale, format],
  );
}
