import { SnapshotsPage } from '../../../ui/snapshots/snapshots-page.tsx';

export default function Page() {
  return <SnapshotsPage />;
}
