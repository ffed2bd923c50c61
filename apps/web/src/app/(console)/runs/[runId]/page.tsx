import { RunPage } from '../../../../ui/runs/run-page.tsx';

export default async function Page({ params }: PageProps<'/runs/[runId]'>) {
  const { runId } = await params;
  return <RunPage key={runId} runId={runId} />;
}
