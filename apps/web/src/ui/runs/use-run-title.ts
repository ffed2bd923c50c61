'use client';

import type { Run } from '@breakwater/contract/run';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { isCareKind } from './care-kinds.ts';

/** What a run is called: its task, where a restore goes to, or its kind; care is not named as its task's backups. */
export function useRunTitle(): (run: Pick<Run, 'kind' | 'taskName' | 'restore'>) => string {
  const t = useTranslations('runs');
  const kinds = useTranslations('common.kind');
  return useCallback(
    (run) => {
      if (run.restore !== null) return t('restoreTitle', { address: run.restore.targetAddress });
      if (run.taskName === null) return kinds(run.kind);
      return isCareKind(run.kind) ? t('careOf', { kind: kinds(run.kind), task: run.taskName }) : run.taskName;
    },
    [t, kinds],
  );
}
