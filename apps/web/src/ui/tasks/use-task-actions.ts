'use client';

import { startRunAnswer } from '@breakwater/contract/run';
import type { Task } from '@breakwater/contract/task';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'use-intl';
import { apiSend, nothing } from '../api/client.ts';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';

type Named = Pick<Task, 'id' | 'name'>;

/** Starts tasks: one opens its run, several say how many were started. */
export function useRunTask() {
  const t = useTranslations('tasks');
  const problemText = useProblemText();
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (tasks: readonly Named[]) =>
      Promise.allSettled(
        tasks.map((task) => apiSend('POST', `/tasks/${task.id}/runs`, undefined, startRunAnswer)),
      ),
    onSuccess: (results, tasks) => {
      const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      for (const [index, result] of results.entries()) {
        if (result.status === 'rejected') {
          const name = tasks[index]?.name ?? '';
          toast.failed(`${t('runFailed')}: ${name}`, problemText(result.reason));
        }
      }
      void client.invalidateQueries({ queryKey: ['runs'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      const [only] = started;
      if (tasks.length === 1 && only !== undefined) {
        if (only.coalesced) toast.done(t('coalesced'));
        router.push(`/runs/${only.runId}`);
      } else if (started.length > 0) toast.done(t('startedMany', { count: started.length }));
    },
  });
}

/** Deletes a task; its snapshots stay. Throws what the server said, for the dialog to show. */
export function useDeleteTask() {
  const t = useTranslations('tasks');
  const client = useQueryClient();
  return async (task: Named): Promise<void> => {
    await apiSend('DELETE', `/tasks/${task.id}`, undefined, nothing);
    toast.done(t('deleted', { name: task.name }));
    await client.invalidateQueries({ queryKey: ['tasks', 'list'] });
    void client.invalidateQueries({ queryKey: ['overview'] });
  };
}
