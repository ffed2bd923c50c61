import { TaskPage } from '../../../../ui/tasks/task-page.tsx';

export default async function Page({ params }: { params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  return <TaskPage taskId={taskId} />;
}
