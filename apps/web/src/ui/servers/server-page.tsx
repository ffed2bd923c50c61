'use client';

import type { Agent } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { ArchiveRestore, Play, ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { agentQuery } from '../api/queries/agents.ts';
import { useMay } from '../api/use-session.ts';
import { Badge } from '../primitives/badge.tsx';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { AgentStatePill } from '../primitives/state-pill.tsx';
import { Tabs } from '../primitives/tabs.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import { NotFound } from '../shell/not-found.tsx';
import { ServerOverview } from './server-overview.tsx';
import { ServerRepository } from './server-repository.tsx';
import { ServerRuns } from './server-runs.tsx';
import { ServerSnapshots } from './server-snapshots.tsx';
import { ServerSpeeds } from './server-speeds.tsx';
import { useStartBackups } from './use-start-backups.ts';

const tabs = ['overview', 'runs', 'snapshots', 'speeds', 'repository'] as const;
type TabName = (typeof tabs)[number];

export function ServerPage({ id }: { id: string }) {
  // While its agent is being released, nothing asks for it any more: it would only be told that it is gone.
  const [releasing, setReleasing] = useState(false);
  const { data: agent, error, refetch } = useQuery({ ...agentQuery(id), enabled: !releasing });
  if (agent !== undefined) return <Server agent={agent} onReleasing={setReleasing} />;
  if (error instanceof ApiProblem && (error.status === 404 || error.status === 400)) return <NotFound />;
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <Skeleton className="mb-2 h-4 w-20" />
      <Skeleton className="mb-6 h-8 w-64" />
      <Skeleton className="h-72 rounded-lg" />
    </>
  );
}

function Server({ agent, onReleasing }: { agent: Agent; onReleasing: (releasing: boolean) => void }) {
  const t = useTranslations('servers');
  const mayRun = useMay('run-tasks');
  const mayRestore = useMay('restore');
  const url = useUrlState();
  const { start, busy } = useStartBackups();
  const wanted = url.get('tab');
  const tab = tabs.find((name) => name === wanted) ?? 'overview';
  const source = agent.role === 'source';

  const contents: Record<TabName, ReactNode> = {
    overview: <ServerOverview agent={agent} onReleasing={onReleasing} />,
    runs: <ServerRuns agent={agent} />,
    snapshots: <ServerSnapshots agent={agent} />,
    speeds: <ServerSpeeds agent={agent} />,
    repository: <ServerRepository agent={agent} />,
  };
  // A maintenance agent has no data of its own: it runs and measures, that is all.
  const shown = tabs.filter((name) => source || name === 'overview' || name === 'runs' || name === 'speeds');

  return (
    <>
      <PageHeader
        back={{ href: '/servers', label: t('title') }}
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {agent.address}
            <AgentStatePill state={agent.state} />
          </span>
        }
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {agent.state === 'offline' && (
              <span>
                {t('lastSeen')} <RelativeTime at={agent.lastHeartbeatAt} never={t('neverSeen')} />
              </span>
            )}
            {!source && <Badge>{t('role.maintenance')}</Badge>}
            {agent.insecureHttp && (
              <Badge tone="warn">
                <ShieldAlert aria-hidden className="size-3.5" />
                {t('insecure')}
              </Badge>
            )}
          </span>
        }
        actions={
          source && (
            <>
              {mayRun && agent.taskCount > 0 && (
                <Button icon={Play} busy={busy} onClick={() => void start([agent.address])}>
                  {t('backUp.action')}
                </Button>
              )}
              {mayRestore && agent.protectedBytes !== null && (
                <ButtonLink
                  tone="primary"
                  icon={ArchiveRestore}
                  href={`/snapshots?server=${encodeURIComponent(agent.address)}`}
                >
                  {t('restore')}
                </ButtonLink>
              )}
            </>
          )
        }
      />
      <Tabs<TabName>
        label={agent.address}
        value={shown.includes(tab) ? tab : 'overview'}
        onChange={(next) => url.set({ tab: next === 'overview' ? null : next })}
        tabs={shown.map((name) => ({ value: name, label: t(`tab.${name}`), content: contents[name] }))}
      />
    </>
  );
}
