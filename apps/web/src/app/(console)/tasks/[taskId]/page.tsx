import { TaskPage } from '../../../../ui/tasks/task-page.tsx';

export default async function Page({ params }: PageProps<'/tasks/[taskId]'>) {
  const { taskId } = await params;
  return <TaskPage taskId={taskId} />;
}
