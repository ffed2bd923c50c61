import { EditTaskPage } from '../../../../../ui/tasks/task-form-page.tsx';

export default async function Page({ params }: { params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  return <EditTaskPage taskId={taskId} />;
}
