'use client';

import type { Task } from '@breakwater/contract/task';
import { Pencil, Play, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/use-session.ts';
import { Button, IconButton } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { Menu, MenuItem, MenuLink } from '../primitives/menu.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { RunStatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Ellipsis } from 'lucide-react';
import { DeleteTask } from './delete-task.tsx';
import { presetOf } from './schedule-preset.ts';
import { takenBy } from './taken-by.ts';
import { useRetentionWords } from './use-retention-words.ts';
import { useRunTask } from './use-task-actions.ts';
import { useScheduleWords } from './use-schedule-words.ts';

/** Tasks as a table; several can be started at once. */
export function TasksTable(props: {
  tasks: readonly Task[] | undefined;
  error?: unknown;
  retry?: () => void;
  empty: ReactNode;
}) {
  const { tasks } = props;
  const t = useTranslations('tasks');
  const mayRun = useMay('run-tasks');
  const columns = useTaskColumns();
  const run = useRunTask();
  return (
    <DataTable
      name="tasks"
      label={t('label')}
      columns={columns}
      rows={tasks}
      rowId={(task) => task.id}
      rowName={(task) => task.name}
      rowHref={(task) => `/tasks/${task.id}`}
      sort={{ id: 'name', desc: false }}
      error={props.error}
      {...(props.retry === undefined ? {} : { retry: props.retry })}
      empty={props.empty}
      {...(mayRun
        ? {
            bulkActions: (chosen: Task[], clear: () => void) => (
              <Button
                size="sm"
                icon={Play}
                busy={run.isPending}
                onClick={() => run.mutate(chosen, { onSuccess: clear })}
              >
                {t('action.run')}
              </Button>
            ),
          }
        : {})}
    />
  );
}

function useTaskColumns(): readonly Column<Task>[] {
  const t = useTranslations('tasks');
  const scheduleWords = useScheduleWords();
  const retentionWords = useRetentionWords();
  return useMemo(() => {
    const column = (id: keyof typeof known) => t(`column.${id}`);
    const known = {
      name: 1,
      server: 1,
      paths: 1,
      schedule: 1,
      keep: 1,
      lastRun: 1,
      lastSuccess: 1,
      next: 1,
      actions: 1,
    };
    const when = (task: Task) =>
      task.schedule === null ? t('manual') : scheduleWords(presetOf(task.schedule.cron));
    const columns: Column<Task>[] = [
      { id: 'name', header: column('name'), value: (task) => task.name, cell: (task) => task.name },
      {
        id: 'server',
        header: column('server'),
        value: (task) => task.sourceAddress,
        cell: (task) => <span className="sm:whitespace-nowrap">{task.sourceAddress}</span>,
      },
      {
        id: 'paths',
        header: column('paths'),
        value: (task) => takenBy(task).join(' '),
        cell: (task) => (
          <span className="block truncate font-mono text-sm" title={takenBy(task).join('\n')}>
            {takenBy(task).join(', ')}
          </span>
        ),
      },
      {
        id: 'schedule',
        header: column('schedule'),
        value: when,
        cell: (task) => (
          <span
            {...(task.schedule === null ? {} : { title: `${task.schedule.cron} ${task.schedule.timeZone}` })}
          >
            {when(task)}
          </span>
        ),
      },
      {
        id: 'keep',
        header: column('keep'),
        phoneWide: true,
        value: (task) => retentionWords(task.retention),
        cell: (task) => retentionWords(task.retention),
      },
      {
        id: 'lastRun',
        header: column('lastRun'),
        value: (task) => task.lastRun?.createdAt ?? null,
        cell: (task) =>
          task.lastRun === null ? (
            <span className="text-ink-faint">{t('never')}</span>
          ) : (
            <Link href={`/runs/${task.lastRun.id}`} className="relative z-1 hover:underline">
              <RunStatePill state={task.lastRun.state} quiet />
            </Link>
          ),
      },
      {
        id: 'lastSuccess',
        header: column('lastSuccess'),
        value: (task) => task.lastSuccessAt,
        cell: (task) => <RelativeTime at={task.lastSuccessAt} never={t('never')} />,
      },
      {
        id: 'next',
        header: column('next'),
        value: (task) => task.nextRunAt,
        cell: (task) => <RelativeTime at={task.nextRunAt} />,
      },
      { id: 'actions', header: column('actions'), align: 'end', cell: (task) => <RowActions task={task} /> },
    ];
    return columns;
  }, [t, scheduleWords, retentionWords]);
}

function RowActions({ task }: { task: Task }) {
  const t = useTranslations('tasks');
  const common = useTranslations('common.action');
  const mayRun = useMay('run-tasks');
  const mayEdit = useMay('edit-tasks');
  const run = useRunTask();
  const [asking, setAsking] = useState(false);
  return (
    <span className="relative z-1 inline-flex items-center gap-1">
      {mayRun && (
        <IconButton
          icon={Play}
          size="sm"
          label={t('action.runNamed', { name: task.name })}
          disabled={run.isPending}
          onClick={() => run.mutate([task])}
        />
      )}
      {mayEdit && (
        <Menu trigger={<IconButton icon={Ellipsis} size="sm" label={common('more')} />}>
          <MenuLink icon={Pencil} href={`/tasks/${task.id}/edit`}>
            {t('action.edit')}
          </MenuLink>
          <MenuItem icon={Trash2} danger onSelect={() => setAsking(true)}>
            {t('action.delete')}
          </MenuItem>
        </Menu>
      )}
      <DeleteTask task={task} open={asking} onOpenChange={setAsking} />
    </span>
  );
}
