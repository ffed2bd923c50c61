'use client';

import type { Run } from '@breakwater/contract/run';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

/** What a run is called: its task, where a restore goes to, or its kind. */
export function useRunTitle(): (run: Pick<Run, 'kind' | 'taskName' | 'restore'>) => string {
  const t = useTranslations('runs');
  const kinds = useTranslations('common.kind');
  return useCallback(
    (run) => {
      if (run.restore !== null) return t('restoreTitle', { address: run.restore.targetAddress });
      return run.taskName ?? kinds(run.kind);
    },
    [t, kinds],
  );
}
