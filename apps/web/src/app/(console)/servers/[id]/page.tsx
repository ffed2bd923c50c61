import { ServerPage } from '../../../../ui/servers/server-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ServerPage id={(await params).id} />;
}
