'use client';

import type { Agent } from '@breakwater/contract/resources';
import type { Task } from '@breakwater/contract/task';
import { useQuery } from '@tanstack/react-query';
import { CalendarClock, Unplug } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiSend, nothing } from '../api/client.ts';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useMay } from '../api/use-session.ts';
import { ServerBandwidth } from '../bandwidth/server-bandwidth.tsx';
import { useFormat } from '../language/use-format.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { RunStatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { toast } from '../primitives/toast.tsx';
import { Bytes } from '../primitives/values.tsx';
import { takenBy } from '../tasks/taken-by.ts';
import { AllowedCommands } from './allowed-commands.tsx';

/** Beyond this the control center does not dispatch to the agent. */
const CLOCK_LIMIT_MS = 5 * 60_000;

export function ServerOverview(props: { agent: Agent; onReleasing: (releasing: boolean) => void }) {
  const { agent, onReleasing } = props;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-4">
        {agent.role === 'source' && <ServerTasks agent={agent} />}
        {agent.role === 'maintenance' && <MaintenanceNote />}
      </div>
      <div className="grid gap-4">
        <AgentFacts agent={agent} />
        <ServerBandwidth agent={agent} />
        <AllowedCommands agent={agent} />
        <ReleaseAgent agent={agent} onReleasing={onReleasing} />
      </div>
    </div>
  );
}

function MaintenanceNote() {
  const t = useTranslations('servers');
  return (
    <Panel title={t('role.maintenance')}>
      <p className="max-w-[72ch] text-ink-muted">{t('maintenanceNote')}</p>
    </Panel>
  );
}

function ServerTasks({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.tasks');
  const mayEdit = useMay('edit-tasks');
  const { data: all, error, refetch } = useQuery(tasksQuery);
  const tasks = useMemo(
    () => all?.filter((task) => task.sourceAddress === agent.address),
    [all, agent.address],
  );
  const newHref = `/tasks/new?server=${encodeURIComponent(agent.address)}`;
  const columns = useMemo(
    (): readonly Column<Task>[] => [
      { id: 'name', header: t('name'), value: (task) => task.name, cell: (task) => task.name },
      {
        id: 'lastRun',
        header: t('lastRun'),
        phoneWide: true,
        cell: (task) =>
          task.lastRun === null ? (
            <span className="text-ink-faint">{t('neverRun')}</span>
          ) : (
            <span className="inline-flex items-center gap-2">
              <RunStatePill state={task.lastRun.state} quiet />
              <RelativeTime
                at={task.lastRun.endedAt ?? task.lastRun.createdAt}
                className="text-sm text-ink-faint"
              />
            </span>
          ),
      },
      {
        id: 'next',
        header: t('next'),
        value: (task) => (task.nextRunAt === null ? null : new Date(task.nextRunAt).getTime()),
        cell: (task) => <RelativeTime at={task.nextRunAt} never={t('unplanned')} />,
      },
      {
        id: 'paths',
        header: t('paths'),
        phoneWide: true,
        cell: (task) => (
          <span className="block max-w-80 truncate" title={takenBy(task).join('\n')}>
            <code>{takenBy(task).join(' ')}</code>
          </span>
        ),
      },
    ],
    [t],
  );
  const add = mayEdit ? <ButtonLink href={newHref}>{t('add')}</ButtonLink> : undefined;
  return (
    <Panel title={t('title')} flush actions={tasks !== undefined && tasks.length > 0 ? add : undefined}>
      <DataTable
        bare
        name="server-tasks"
        label={t('title')}
        columns={columns}
        rows={tasks}
        rowId={(task) => task.id}
        rowHref={(task) => `/tasks/${task.id}`}
        error={error}
        retry={() => void refetch()}
        empty={<EmptyState icon={CalendarClock} title={t('emptyTitle')} body={t('emptyBody')} action={add} />}
      />
    </Panel>
  );
}

function AgentFacts({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.facts');
  const format = useFormat();
  const offset = agent.clockOffsetMs;
  const facts = [
    ...(agent.role === 'source'
      ? [
          { name: t('lastSuccess'), value: <RelativeTime at={agent.lastSuccessAt} never={t('never')} /> },
          { name: t('protected'), value: <Bytes value={agent.protectedBytes} /> },
        ]
      : []),
    { name: t('heartbeat'), value: <RelativeTime at={agent.lastHeartbeatAt} never={t('never')} /> },
    {
      name: t('clock'),
      value:
        offset === null ? (
          '—'
        ) : Math.abs(offset) < 1000 ? (
          t('clockGood')
        ) : (
          <span className={Math.abs(offset) > CLOCK_LIMIT_MS ? 'font-medium text-bad' : undefined}>
            {t(offset > 0 ? 'clockAhead' : 'clockBehind', {
              duration: format.duration(Math.abs(offset) / 1000),
            })}
          </span>
        ),
    },
    { name: t('version'), value: <code>{agent.version}</code> },
    { name: t('platform'), value: agent.platform },
    { name: t('enrolled'), value: <RelativeTime at={agent.createdAt} /> },
    { name: t('id'), value: <code className="break-all">{agent.id}</code> },
  ];
  return (
    <Panel title={t('title')}>
      <FactList facts={facts} />
    </Panel>
  );
}

function ReleaseAgent(props: { agent: Agent; onReleasing: (releasing: boolean) => void }) {
  const { agent, onReleasing } = props;
  const t = useTranslations('servers.release');
  const may = useMay('remove-machines');
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  if (!may) return null;
  return (
    <Panel title={t('title')} tone="danger">
      <p className="mb-3 text-ink-muted">{t('body')}</p>
      <Button icon={Unplug} onClick={() => setAsking(true)}>
        {t('action')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('ask', { server: agent.address })}
        body={t('consequences')}
        confirmLabel={t('confirm')}
        typeName={agent.address}
        onConfirm={async () => {
          onReleasing(true);
          try {
            await apiSend('DELETE', `/agents/${agent.id}`, undefined, nothing);
          } catch (error) {
            onReleasing(false);
            throw error;
          }
          toast.done(t('done', { server: agent.address }));
          router.push('/servers');
        }}
      />
    </Panel>
  );
}
