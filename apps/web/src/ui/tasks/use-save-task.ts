'use client';

import { startRunAnswer } from '@breakwater/contract/run';
import { type Task, type TaskAnswer, taskAnswer, type TaskInput } from '@breakwater/contract/task';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { asSentence } from '../language/as-sentence.ts';
import { useRemark } from '../language/use-remark.ts';
import { toast } from '../primitives/toast.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { patchOf } from './task-draft.ts';

export interface SaveTask {
  input: TaskInput;
  /** What follows: the task's page, or its first run. */
  then: 'show' | 'run';
}

/** Makes a task, or changes `known`, and goes where the reader wants to be next. */
export function useSaveTask(known: Task | null) {
  const t = useTranslations('tasks');
  const problemText = useProblemText();
  const remark = useRemark();
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: ({ input }: SaveTask): Promise<TaskAnswer> =>
      known === null
        ? apiSend('POST', '/tasks', input, taskAnswer)
        : apiSend('PATCH', `/tasks/${known.id}`, patchOf(input), taskAnswer),
    onSuccess: async ({ warnings, ...saved }, { then }) => {
      client.setQueryData(['tasks', 'one', saved.id], saved);
      void client.invalidateQueries({ queryKey: ['tasks', 'list'] });
      void client.invalidateQueries({ queryKey: ['overview'] });
      const title = t(known === null ? 'form.created' : 'form.saved');
      if (warnings.length === 0) toast.done(title);
      else
        toast.warned(title, warnings.map((one) => asSentence(remark(one.remark, one.message))).join(' · '));
      if (then === 'show') return router.push(`/tasks/${saved.id}`);
      try {
        const { runId } = await apiSend('POST', `/tasks/${saved.id}/runs`, undefined, startRunAnswer);
        router.push(`/runs/${runId}`);
      } catch (error) {
        // The task is there; only its run is not. Showing the form again would invite to make it twice.
        toast.failed(t('runFailed'), problemText(error));
        router.push(`/tasks/${saved.id}`);
      }
    },
  });
}
