'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { taskQuery } from '../api/queries/tasks.ts';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import { CalendarClock } from 'lucide-react';
import { TaskForm } from './task-form.tsx';

/** `/tasks/new?server=ADDRESS&repository=ID` */
export function NewTaskPage() {
  const t = useTranslations('tasks');
  const url = useUrlState();
  const agents = useQuery(agentsQuery);
  const nodes = useQuery(storageNodesQuery);
  const error = agents.error ?? nodes.error;
  const servers = agents.data?.filter((agent) => agent.role === 'source');
  return (
    <>
      <PageHeader title={t('form.newTitle')} />
      {error !== null ? (
        <Panel>
          <ErrorState error={error} retry={() => void Promise.all([agents.refetch(), nodes.refetch()])} />
        </Panel>
      ) : servers === undefined || nodes.data === undefined ? (
        <FormSkeleton />
      ) : servers.length === 0 ? (
        <Panel>
          <EmptyState
            icon={CalendarClock}
            title={t('empty.noServerTitle')}
            body={t('empty.noServer')}
            link={{ href: '/servers?add=1', label: t('empty.addServer') }}
          />
        </Panel>
      ) : (
        <TaskForm
          task={null}
          agents={servers}
          nodes={nodes.data}
          address={url.get('server')}
          repositoryId={url.get('repository')}
        />
      )}
    </>
  );
}

/** `/tasks/ID/edit` */
export function EditTaskPage({ taskId }: { taskId: string }) {
  const t = useTranslations('tasks');
  const task = useQuery(taskQuery(taskId));
  const agents = useQuery(agentsQuery);
  const nodes = useQuery(storageNodesQuery);
  const error = task.error ?? agents.error ?? nodes.error;
  const retry = () => void Promise.all([task.refetch(), agents.refetch(), nodes.refetch()]);
  return (
    <>
      <PageHeader
        title={task.data === undefined ? t('action.edit') : t('form.editTitle', { name: task.data.name })}
      />
      {error !== null ? (
        <Panel>
          <ErrorState error={error} retry={retry} />
        </Panel>
      ) : task.data === undefined || agents.data === undefined || nodes.data === undefined ? (
        <FormSkeleton />
      ) : (
        <TaskForm
          key={task.data.id}
          task={task.data}
          agents={agents.data.filter((agent) => agent.role === 'source')}
          nodes={nodes.data}
          address={null}
        />
      )}
    </>
  );
}

function FormSkeleton() {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-4">
        <Panel>
          <Skeleton className="mb-4 h-8 w-72" />
          <Skeleton className="h-80 w-full" />
        </Panel>
        <Panel>
          <Skeleton className="h-24 w-full" />
        </Panel>
      </div>
      <Panel>
        <Skeleton className="mb-3 h-5 w-4/5" />
        <Skeleton className="mb-3 h-5 w-3/5" />
        <Skeleton className="h-5 w-2/3" />
      </Panel>
    </div>
  );
}
