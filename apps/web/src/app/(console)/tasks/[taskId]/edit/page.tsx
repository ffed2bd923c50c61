import { EditTaskPage } from '../../../../../ui/tasks/task-form-page.tsx';

export default async function Page({ params }: PageProps<'/tasks/[taskId]/edit'>) {
  const { taskId } = await params;
  return <EditTaskPage taskId={taskId} />;
}
