'use client';

import { useCallback } from 'react';
import { useLocale, useTranslations } from 'use-intl';
import { clockText, type SchedulePreset } from './schedule-preset.ts';

/** 2026-11-22 was a Sunday, which is weekday 0 of a cron expression. */
const SUNDAY = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;

/** `Tuesday` for 2, in the reader's language. */
export function weekdayName(weekday: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(
    SUNDAY + weekday * DAY_MS,
  );
}

/** A schedule as a reader says it: `Every night at 02:00`. */
export function useScheduleWords(): (preset: SchedulePreset) => string {
  const t = useTranslations('tasks.summary');
  const locale = useLocale();
  return useCallback(
    (preset) => {
      switch (preset.kind) {
        case 'hourly':
          return t('hourly', { minute: preset.minute });
        case 'everyHours':
          return t('everyHours', { minute: preset.minute, hours: String(preset.hours) });
        case 'daily': {
          const night = preset.hour >= 22 || preset.hour < 6;
          return t(night ? 'nightly' : 'daily', { time: clockText(preset.hour, preset.minute) });
        }
        case 'weekdays':
          return t('weekdays', { time: clockText(preset.hour, preset.minute) });
        case 'weekly':
          return t('weekly', {
            weekday: weekdayName(preset.weekday, locale),
            time: clockText(preset.hour, preset.minute),
          });
        case 'monthly':
          return t('monthly', { day: String(preset.day), time: clockText(preset.hour, preset.minute) });
        case 'cron':
          // Five fields that a line break would make unreadable.
          return t('cron', { cron: preset.cron.trim().replace(/\s+/g, '\u00a0') });
      }
    },
    [t, locale],
  );
}
