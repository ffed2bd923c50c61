'use client';

import { agentsQuery } from '../api/queries/agents.ts';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useMay } from '../api/use-session.ts';
import { useQuery } from '@tanstack/react-query';
import { CalendarClock, Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ButtonLink } from '../primitives/button.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { TasksTable } from './tasks-table.tsx';

export function TasksPage() {
  const t = useTranslations('tasks');
  const { data, error, refetch } = useQuery(tasksQuery);
  const mayEdit = useMay('edit-tasks');
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          mayEdit &&
          // The empty state has a button of its own.
          data?.length !== 0 && (
            <ButtonLink tone="primary" icon={Plus} href="/tasks/new">
              {t('add')}
            </ButtonLink>
          )
        }
      />
      <Panel flush>
        <TasksTable tasks={data} error={error} retry={() => void refetch()} empty={<NoTasks />} />
      </Panel>
    </>
  );
}

function NoTasks() {
  const t = useTranslations('tasks');
  const { data: agents } = useQuery(agentsQuery);
  const mayEdit = useMay('edit-tasks');
  const mayAdd = useMay('add-machines');
  const noServer = agents !== undefined && !agents.some((agent) => agent.role === 'source');
  return (
    <EmptyState
      icon={CalendarClock}
      title={noServer ? t('empty.noServerTitle') : t('empty.title')}
      body={noServer ? t('empty.noServer') : t('empty.body')}
      {...(noServer
        ? mayAdd && { link: { href: '/servers?add=1', label: t('empty.addServer') } }
        : mayEdit && { link: { href: '/tasks/new', label: t('add'), icon: Plus } })}
    />
  );
}
