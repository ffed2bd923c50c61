'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';
import { startBackups } from './start-backups.ts';

/** "Back up now" for some servers: starts their tasks, says how it went, and leads to a single run. */
export function useStartBackups(): { start: (addresses: readonly string[]) => Promise<void>; busy: boolean } {
  const t = useTranslations('servers.backUp');
  const text = useProblemText();
  const router = useRouter();
  const { data: tasks } = useQuery(tasksQuery);
  const [busy, setBusy] = useState(false);

  async function start(addresses: readonly string[]) {
    if (tasks === undefined) return;
    setBusy(true);
    const { runIds, problem } = await startBackups(tasks, new Set(addresses));
    setBusy(false);
    if (problem !== null) toast.failed(t('failed'), text(problem));
    else if (runIds.length === 0) toast.failed(t('failed'), t('noTasks'));
    const [only] = runIds;
    if (runIds.length === 1 && only !== undefined) router.push(`/runs/${only}`);
    else if (runIds.length > 1) toast.done(t('started', { count: runIds.length }));
  }
  return { start, busy };
}
