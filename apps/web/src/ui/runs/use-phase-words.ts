'use client';

import type { RunKind, RunProgress } from '@breakwater/contract/run';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { isCareKind } from './care-kinds.ts';

/** What a run of this kind does in this phase, in the reader's words. */
export function usePhaseWords(): (kind: RunKind, phase: RunProgress['phase']) => string {
  const t = useTranslations('runs');
  return useCallback(
    (kind, phase) => {
      if (!isCareKind(kind)) return t(`phase.${phase}`);
      if (phase === 'waiting-for-node') return t('carePhase.waiting');
      if (phase === 'scanning' || phase === 'transferring' || phase === 'finishing') {
        return t(`carePhase.${kind}.${phase}`);
      }
      return t(`phase.${phase}`);
    },
    [t],
  );
}
