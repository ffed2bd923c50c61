'use client';

import { runKinds, runStates } from '@breakwater/contract/run';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useFormat } from '../language/use-format.ts';
import { Button } from '../primitives/button.tsx';
import { FilterSelect } from '../primitives/filter-select.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import type { RunsQuery } from './runs-query.ts';

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
  return (
    <>
      <FilterSelect
        name={t('server')}
        value={query.server}
        onChange={(server) => url.set({ server })}
        options={[...addresses].sort().map((value) => ({ value, label: value }))}
      />
      <FilterSelect
        name={t('state')}
        value={query.state}
        onChange={(state) => url.set({ state })}
        options={runStates.map((value) => ({ value, label: states(value) }))}
      />
      <FilterSelect
        name={t('kind')}
        value={query.kind}
        onChange={(kind) => url.set({ kind })}
        options={runKinds.map((value) => ({ value, label: kinds(value) }))}
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
