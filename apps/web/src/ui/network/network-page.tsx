'use client';

import type { Agent, StorageNode } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Network } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { activeRunsQuery } from '../api/queries/runs.ts';
import { speedsQuery } from '../api/queries/speeds.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { useNow } from '../live/use-now.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import { drawingFor } from './line-scale.ts';
import { HeatMap } from './heat-map.tsx';
import { NetworkLines } from './network-lines.tsx';
import { type Pair, pairKey, pairsOf } from './pair.ts';
import { PairDialog } from './pair-dialog.tsx';
import { PairsTable } from './pairs-table.tsx';

/** `/network?agent=ID&node=ID` */
export function NetworkPage() {
  const t = useTranslations('network');
  const agents = useQuery(agentsQuery);
  const nodes = useQuery(storageNodesQuery);
  const speeds = useQuery(speedsQuery);
  const error = agents.error ?? nodes.error ?? speeds.error;
  const retry = () => void Promise.all([agents.refetch(), nodes.refetch(), speeds.refetch()]);
  const ready = agents.data !== undefined && nodes.data !== undefined && speeds.data !== undefined;
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      {ready ? (
        <Known agents={agents.data} nodes={nodes.data} speeds={speeds.data} />
      ) : (
        <Panel>
          {error === null ? <Skeleton className="h-72 w-full" /> : <ErrorState error={error} retry={retry} />}
        </Panel>
      )}
    </>
  );
}

function Known(props: {
  agents: readonly Agent[];
  nodes: readonly StorageNode[];
  speeds: Parameters<typeof pairsOf>[2];
}) {
  const { nodes, speeds } = props;
  const t = useTranslations('network');
  const url = useUrlState();
  const now = useNow(10_000);
  const { data: running } = useQuery(activeRunsQuery);
  const agents = useMemo(() => {
    const measured = new Set(speeds.map((speed) => speed.agentId));
    return props.agents.filter((agent) => agent.role === 'source' || measured.has(agent.id));
  }, [props.agents, speeds]);
  const pairs = useMemo(
    () => pairsOf(agents, nodes, speeds, running ?? [], now),
    [agents, nodes, speeds, running, now],
  );

  if (pairs.length === 0) return <Nothing />;
  const open = (pair: Pair) => url.set({ agent: pair.agentId, node: pair.nodeId });
  const chosenKey = pairKey(url.get('agent') ?? '', url.get('node') ?? '');
  const chosen = pairs.find((pair) => pairKey(pair.agentId, pair.nodeId) === chosenKey) ?? null;
  const lines = drawingFor(agents.length, nodes.length) === 'lines';
  const fresh = pairs.filter((pair) => pair.age === 'fresh' && pair.reachable).length;
  return (
    <div className="flex flex-col gap-4">
      <Panel
        title={fresh === 0 ? t('noneMeasured') : t('measured', { fresh, all: String(pairs.length) })}
        description={lines ? t('drawingHint') : t('heatHint')}
        flush={!lines}
      >
        {lines ? (
          <NetworkLines agents={agents} nodes={nodes} pairs={pairs} onOpen={open} />
        ) : (
          <HeatMap agents={agents} nodes={nodes} pairs={pairs} onOpen={open} />
        )}
      </Panel>
      <Panel title={t('table')} flush>
        <PairsTable pairs={pairs} onOpen={open} />
      </Panel>
      <PairDialog pair={chosen} close={() => url.set({ agent: null, node: null })} />
    </div>
  );
}

function Nothing() {
  const t = useTranslations('network.empty');
  return (
    <Panel>
      <EmptyState
        icon={Network}
        title={t('title')}
        body={t('body')}
        action={
          <>
            <ButtonLink href="/servers">{t('servers')}</ButtonLink>
            <ButtonLink href="/nodes">{t('nodes')}</ButtonLink>
          </>
        }
      />
    </Panel>
  );
}
