import { NewTaskPage } from '../../../../ui/tasks/task-form-page.tsx';

export default function Page() {
  return <NewTaskPage />;
}
