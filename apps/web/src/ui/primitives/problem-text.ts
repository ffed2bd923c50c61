'use client';

import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';

/** Any thrown value as a sentence for the reader: the server's own words where it gave some. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('common.error');
  return useCallback(
    (error) => {
      if (!(error instanceof ApiProblem)) {
        return t('unknown', { message: error instanceof Error ? error.message : String(error) });
      }
      if (error.code === 'unreachable') return t('unreachable');
      if (error.code === 'unexpected-answer') return t('unexpectedAnswer');
      return error.message;
    },
    [t],
  );
}
