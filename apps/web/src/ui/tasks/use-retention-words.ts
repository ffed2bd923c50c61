'use client';

import type { Retention } from '@breakwater/contract/retention';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { keepRules } from './keep-draft.ts';
import { spanWords } from './span-words.ts';

/** What a retention keeps, as a reader says it: `7 daily, 4 weekly, and 12 monthly`. */
export function useRetentionWords(): (retention: Retention | null) => string {
  const t = useTranslations('tasks.keep');
  const format = useFormat();
  return useCallback(
    (retention) => {
      if (retention === null) return t('all');
      const counts = keepRules.flatMap(({ name, count }) => {
        const value = retention[count];
        return value === undefined ? [] : [t(`counted.${name}`, { count: value })];
      });
      const spans = keepRules.flatMap(({ name, span }) => {
        const value = retention[span];
        return value === undefined ? [] : [t(`within.${name}`, { span: spanWords(value, format.locale) })];
      });
      return format.list([...counts, ...spans]);
    },
    [t, format],
  );
}
