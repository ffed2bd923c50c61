import { RepositoriesPage } from '../../../ui/repositories/repositories-page.tsx';

export default function Page() {
  return <RepositoriesPage />;
}
