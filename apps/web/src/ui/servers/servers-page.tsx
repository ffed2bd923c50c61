'use client';

import type { Agent } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Play, Plus, Server, ShieldAlert, Wrench } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { useMay } from '../api/use-session.ts';
import { Badge } from '../primitives/badge.tsx';
import { Button } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { AgentStatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { useUrlState } from '../primitives/use-url-state.ts';
import { Bytes, Count } from '../primitives/values.tsx';
import { AddServerDialog } from './add-server-dialog.tsx';
import { useStartBackups } from './use-start-backups.ts';

const time = (at: string | null) => (at === null ? null : new Date(at).getTime());

function useServerColumns(): readonly Column<Agent>[] {
  const t = useTranslations('servers');
  const states = useTranslations('common.state');
  return useMemo(
    (): readonly Column<Agent>[] => [
      {
        id: 'address',
        header: t('column.address'),
        value: (agent) => agent.address,
        cell: (agent) => agent.address,
      },
      {
        id: 'state',
        header: t('column.state'),
        value: (agent) => agent.state,
        cell: (agent) => (
          <span className="inline-flex items-center gap-2">
            <AgentStatePill state={agent.state} quiet />
            {agent.state === 'offline' && (
              <span className="text-sm text-ink-faint">
                <RelativeTime at={agent.lastHeartbeatAt} never={t('neverSeen')} />
              </span>
            )}
          </span>
        ),
        filter: (['idle', 'busy', 'offline'] as const).map((value) => ({ value, label: states(value) })),
      },
      {
        id: 'lastSuccess',
        header: t('column.lastSuccess'),
        value: (agent) => time(agent.lastSuccessAt),
        cell: (agent) => (
          <RelativeTime at={agent.lastSuccessAt} never={agent.role === 'source' ? t('never') : '—'} />
        ),
      },
      {
        id: 'protected',
        header: t('column.protected'),
        align: 'end',
        value: (agent) => agent.protectedBytes,
        cell: (agent) => <Bytes value={agent.protectedBytes} />,
      },
      {
        id: 'tasks',
        header: t('column.tasks'),
        align: 'end',
        value: (agent) => agent.taskCount,
        cell: (agent) => <Count value={agent.taskCount} />,
      },
      {
        id: 'role',
        header: t('column.role'),
        value: (agent) => agent.role,
        cell: (agent) => (
          <span className="inline-flex items-center gap-2">
            {agent.role === 'maintenance' && <Wrench aria-hidden className="size-4 text-ink-faint" />}
            {t(`role.${agent.role}`)}
          </span>
        ),
        filter: (['source', 'maintenance'] as const).map((value) => ({ value, label: t(`role.${value}`) })),
      },
      {
        id: 'version',
        header: t('column.version'),
        value: (agent) => agent.version,
        cell: (agent) => (
          <span className="inline-flex items-center gap-2">
            <code>{agent.version}</code>
            {agent.insecureHttp && (
              <Badge tone="warn">
                <ShieldAlert aria-hidden className="size-3.5" />
                {t('insecure')}
              </Badge>
            )}
          </span>
        ),
      },
      {
        id: 'platform',
        header: t('column.platform'),
        phoneWide: true,
        hidden: true,
        value: (agent) => agent.platform,
        cell: (agent) => agent.platform,
      },
      {
        id: 'created',
        header: t('column.created'),
        hidden: true,
        value: (agent) => time(agent.createdAt),
        cell: (agent) => <RelativeTime at={agent.createdAt} />,
      },
    ],
    [t, states],
  );
}

export function ServersPage() {
  const t = useTranslations('servers');
  const mayAdd = useMay('add-machines');
  const mayRun = useMay('run-tasks');
  const url = useUrlState();
  const columns = useServerColumns();
  const { start, busy } = useStartBackups();
  const { data: agents, error, refetch } = useQuery(agentsQuery);
  const adding = mayAdd && url.get('add') !== null;
  const add = mayAdd ? (
    <Button tone="primary" icon={Plus} onClick={() => url.set({ add: '1' })}>
      {t('add.title')}
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        // The empty state has this button itself.
        {...(agents?.length === 0 ? {} : { actions: add })}
      />
      <Panel flush>
        <DataTable
          name="servers"
          label={t('title')}
          columns={columns}
          rows={agents}
          rowId={(agent) => agent.id}
          rowName={(agent) => agent.address}
          rowHref={(agent) => `/servers/${agent.id}`}
          sort={{ id: 'address', desc: false }}
          error={error}
          retry={() => void refetch()}
          empty={<EmptyState icon={Server} title={t('empty.title')} body={t('empty.body')} action={add} />}
          {...(mayRun
            ? {
                bulkActions: (selected: Agent[], clear: () => void) => (
                  <Button
                    size="sm"
                    icon={Play}
                    busy={busy}
                    onClick={() => void start(selected.map((agent) => agent.address)).then(clear)}
                  >
                    {t('backUp.action')}
                  </Button>
                ),
              }
            : {})}
        />
      </Panel>
      <AddServerDialog open={adding} onOpenChange={(open) => url.set({ add: open ? '1' : null })} />
    </>
  );
}
