'use client';

import type { Agent, Speed } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { speedsQuery } from '../api/queries/speeds.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Count, Rate } from '../primitives/values.tsx';
import { Sparkline } from './sparkline.tsx';

/** How fast this server reaches each node: the measured average that decides where a backup goes. */
export function ServerSpeeds({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.speeds');
  const { data: all, error, refetch } = useQuery(speedsQuery);
  const speeds = useMemo(() => all?.filter((speed) => speed.agentId === agent.id), [all, agent.id]);
  const columns = useMemo(
    (): readonly Column<Speed>[] => [
      { id: 'node', header: t('node'), value: (speed) => speed.nodeName, cell: (speed) => speed.nodeName },
      {
        id: 'speed',
        header: t('speed'),
        align: 'end',
        value: (speed) => speed.bytesPerSecond,
        cell: (speed) => <Rate value={speed.bytesPerSecond} />,
      },
      {
        id: 'recent',
        header: t('recent'),
        cell: (speed) => <Sparkline values={speed.recent.map((sample) => sample.bytesPerSecond)} />,
      },
      {
        id: 'samples',
        header: t('samples'),
        align: 'end',
        value: (speed) => speed.samples,
        cell: (speed) => <Count value={speed.samples} />,
      },
      {
        id: 'last',
        header: t('last'),
        value: (speed) => (speed.lastSampleAt === null ? null : new Date(speed.lastSampleAt).getTime()),
        cell: (speed) => <RelativeTime at={speed.lastSampleAt} />,
      },
    ],
    [t],
  );
  return (
    <Panel flush title={t('title')} description={t('description')}>
      <DataTable
        bare
        name="server-speeds"
        label={t('title')}
        columns={columns}
        rows={speeds}
        rowId={(speed) => speed.nodeId}
        sort={{ id: 'speed', desc: true }}
        error={error}
        retry={() => void refetch()}
        empty={<EmptyState icon={Gauge} title={t('emptyTitle')} body={t('emptyBody')} />}
      />
    </Panel>
  );
}
