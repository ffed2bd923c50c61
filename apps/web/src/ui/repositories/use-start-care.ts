'use client';

import type { RepositoryRunInput } from '@breakwater/contract/repository-care';
import { startRunAnswer } from '@breakwater/contract/run';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { toast } from '../primitives/toast.tsx';

/** Has something done to a repository and goes to its run. Throws what the server said, for a dialog to show. */
export function useStartCare(repositoryId: string): (input: RepositoryRunInput) => Promise<void> {
  const t = useTranslations('repositories.run');
  const client = useQueryClient();
  const router = useRouter();
  return async (input) => {
    const path = `/repositories/${encodeURIComponent(repositoryId)}/runs`;
    const { runId, coalesced } = await apiSend('POST', path, input, startRunAnswer);
    void client.invalidateQueries({ queryKey: ['runs'] });
    if (coalesced) toast.done(t('coalesced'));
    router.push(`/runs/${runId}`);
  };
}
