import { TasksPage } from '../../../ui/tasks/tasks-page.tsx';

export default function Page() {
  return <TasksPage />;
}
