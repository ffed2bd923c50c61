'use client';

import type { Task } from '@breakwater/contract/task';
import { useTranslations } from 'use-intl';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { useDeleteTask } from './use-task-actions.ts';

/** Asks for the task's name before it goes. */
export function DeleteTask(props: {
  task: Pick<Task, 'id' | 'name'>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted?: () => void;
}) {
  const { task } = props;
  const t = useTranslations('tasks.deletePrompt');
  const deleteTask = useDeleteTask();
  return (
    <ConfirmDialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={t('title')}
      body={t('body')}
      confirmLabel={t('confirm')}
      typeName={task.name}
      onConfirm={async () => {
        await deleteTask(task);
        props.onDeleted?.();
      }}
    />
  );
}
