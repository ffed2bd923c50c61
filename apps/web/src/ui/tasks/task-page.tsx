'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Archive, Pencil, Play, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Task } from '@breakwater/contract/task';
import { agentsQuery } from '../api/queries/agents.ts';
import { runsQuery } from '../api/queries/runs.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { taskQuery } from '../api/queries/tasks.ts';
import { useMay } from '../api/use-session.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { FactList } from '../primitives/fact-list.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { RunsTable } from '../runs/runs-table.tsx';
import { DeleteTask } from './delete-task.tsx';
import { RetentionPreview } from './retention-preview.tsx';
import { takenBy } from './taken-by.ts';
import { draftOf } from './task-draft.ts';
import { TaskSummary } from './task-summary.tsx';
import { useRunTask } from './use-task-actions.ts';

/** One task: its plan in words, its latest runs, and what can be done with it. */
export function TaskPage({ taskId }: { taskId: string }) {
  const { data: task, error, refetch } = useQuery(taskQuery(taskId));
  if (error !== null && task === undefined) {
    return (
      <Panel>
        <ErrorState error={error} retry={() => void refetch()} />
      </Panel>
    );
  }
  if (task === undefined) {
    return (
      <>
        <Skeleton className="mb-6 h-7 w-72" />
        <Panel>
          <Skeleton className="h-64 w-full" />
        </Panel>
      </>
    );
  }
  return <Known task={task} />;
}

function Known({ task }: { task: Task }) {
  const t = useTranslations('tasks');
  const { data: nodes } = useQuery(storageNodesQuery);
  const { data: agents } = useQuery(agentsQuery);
  const server = agents?.find((agent) => agent.address === task.sourceAddress);
  const runs = useInfiniteQuery(runsQuery({ taskId: task.id, limit: 10 }));
  return (
    <>
      <PageHeader
        title={task.name}
        description={
          server === undefined ? (
            task.sourceAddress
          ) : (
            <Link href={`/servers/${server.id}`} className="hover:underline">
              {task.sourceAddress}
            </Link>
          )
        }
        actions={<Actions task={task} />}
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Panel
          flush
          title={t('detail.recent')}
          actions={
            <ButtonLink size="sm" tone="quiet" href={`/runs?task=${task.id}`}>
              {t('action.viewRuns')}
            </ButtonLink>
          }
        >
          <RunsTable
            name="task-runs"
            runs={runs.data?.pages[0]?.items}
            error={runs.error}
            retry={() => void runs.refetch()}
            empty={<p className="p-4 text-ink-muted">{t('detail.noRuns')}</p>}
            narrow
          />
        </Panel>
        <div className="flex flex-col gap-4 lg:row-span-2">
          <TaskSummary draft={draftOf(task, 'UTC')} nodes={nodes ?? []} preview={null} />
          <Panel>
            <FactList
              facts={[
                {
                  name: t('column.lastSuccess'),
                  value: <RelativeTime at={task.lastSuccessAt} never={t('never')} />,
                },
                {
                  name: t('column.next'),
                  value:
                    task.nextRunAt === null ? t('detail.notScheduled') : <RelativeTime at={task.nextRunAt} />,
                },
                { name: t('column.paths'), value: <Paths paths={takenBy(task)} /> },
                {
                  name: t('detail.excludes'),
                  value:
                    task.excludes.length === 0 ? t('detail.noExcludes') : <Paths paths={task.excludes} />,
                },
              ]}
            />
            <ButtonLink
              size="sm"
              icon={Archive}
              className="mt-4"
              href={`/snapshots?server=${encodeURIComponent(task.sourceAddress)}`}
            >
              {t('action.viewSnapshots')}
            </ButtonLink>
          </Panel>
        </div>
        <Panel title={t('keep.preview.title')}>
          <RetentionPreview taskId={task.id} retention={task.retention} />
        </Panel>
      </div>
    </>
  );
}

function Actions({ task }: { task: Task }) {
  const t = useTranslations('tasks');
  const router = useRouter();
  const mayRun = useMay('run-tasks');
  const mayEdit = useMay('edit-tasks');
  const run = useRunTask();
  const [asking, setAsking] = useState(false);
  return (
    <>
      {mayEdit && (
        <>
          <Button icon={Trash2} onClick={() => setAsking(true)}>
            {t('action.delete')}
          </Button>
          <ButtonLink icon={Pencil} href={`/tasks/${task.id}/edit`}>
            {t('action.edit')}
          </ButtonLink>
        </>
      )}
      {mayRun && (
        <Button tone="primary" icon={Play} busy={run.isPending} onClick={() => run.mutate([task])}>
          {t('action.run')}
        </Button>
      )}
      <DeleteTask
        task={task}
        open={asking}
        onOpenChange={setAsking}
        onDeleted={() => router.push('/tasks')}
      />
    </>
  );
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <ul className="font-mono text-sm break-all">
      {paths.map((path) => (
        <li key={path}>{path}</li>
      ))}
    </ul>
  );
}
