import { RepositoryPage } from '../../../../ui/repositories/repository-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RepositoryPage id={(await params).id} />;
}
