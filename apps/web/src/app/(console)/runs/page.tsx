import { RunsPage } from '../../../ui/runs/runs-page.tsx';

export default function Page() {
  return <RunsPage />;
}
