'use client';

import { runKinds, runStates } from '@breakwater/contract/run';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useFormat } from '../language/use-format.ts';
import { Button } from '../primitives/button.tsx';
import { Select } from '../primitives/select.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import type { RunsQuery } from './runs-query.ts';

const ALL = 'all';

/** State, kind and server of the runs to show; each choice is in the URL at once. */
export function RunFilters({ query }: { query: RunsQuery }) {
  const t = useTranslations('runs.filter');
  const states = useTranslations('common.state');
  const kinds = useTranslations('common.kind');
  const format = useFormat();
  const url = useUrlState();
  const { data: agents } = useQuery(agentsQuery);
  const addresses = new Set(agents?.filter((agent) => agent.role === 'source').map((agent) => agent.address));
  // A server that was removed keeps its runs, and a link to them keeps its filter.
  if (query.server !== null) addresses.add(query.server);
  const all = (name: string) => ({ value: ALL, label: t('all', { name }) });
  const set = (name: string) => (value: string) => url.set({ [name]: value === ALL ? null : value });
  return (
    <>
      <Select
        label={t('server')}
        className="!w-auto min-w-36"
        value={query.server ?? ALL}
        onChange={set('server')}
        options={[all(t('server')), ...[...addresses].sort().map((value) => ({ value, label: value }))]}
      />
      <Select
        label={t('state')}
        className="!w-auto min-w-36"
        value={query.state ?? ALL}
        onChange={set('state')}
        options={[all(t('state')), ...runStates.map((value) => ({ value, label: states(value) }))]}
      />
      <Select
        label={t('kind')}
        className="!w-auto min-w-36"
        value={query.kind ?? ALL}
        onChange={set('kind')}
        options={[all(t('kind')), ...runKinds.map((value) => ({ value, label: kinds(value) }))]}
      />
      {query.day !== null && (
        <Button icon={X} onClick={() => url.set({ day: null })}>
          {/* Noon in no zone: the day stands as it is. */}
          {t('day', { day: format.date(`${query.day}T12:00:00`) })}
        </Button>
      )}
      {query.taskId !== null && <TaskFilter taskId={query.taskId} clear={() => url.set({ task: null })} />}
    </>
  );
}

function TaskFilter({ taskId, clear }: { taskId: string; clear: () => void }) {
  const t = useTranslations('runs.filter');
  const { data: tasks } = useQuery(tasksQuery);
  const name = tasks?.find((task) => task.id === taskId)?.name;
  return (
    <Button icon={X} onClick={clear}>
      {name === undefined ? t('taskGone') : t('task', { name })}
    </Button>
  );
}
