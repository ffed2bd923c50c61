'use client';

import type { Repository } from '@breakwater/contract/resources';
import { CircleCheck, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { ReplicateNow } from './replicate-now.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Count } from '../primitives/values.tsx';

type Copy = Repository['copies'][number];

/** How many snapshots a copy has still to fetch; one that is not kept complete has its own. */
function Behind({ copy }: { copy: Copy }) {
  const t = useTranslations('servers.repository');
  const { home, lacks } = copy.replication;
  if (lacks === 0) return t('complete');
  if (!home) return <span className="text-ink-faint">{t('extra', { count: copy.snapshots })}</span>;
  return <span className="text-warn">{t('lacks', { count: lacks })}</span>;
}

/** Where the repository is, and how far each copy has come. */
export function CopiesPanel({ repository }: { repository: Repository }) {
  const { copies, copiesComplete: complete, copiesWanted: wanted } = repository;
  const t = useTranslations('servers.repository');
  const states = useTranslations('common.state');
  const columns = useMemo(
    (): readonly Column<Copy>[] => [
      { id: 'node', header: t('node'), value: (copy) => copy.nodeName, cell: (copy) => copy.nodeName },
      {
        id: 'online',
        header: t('state'),
        cell: (copy) => (
          <StatePill
            quiet
            tone={copy.online ? 'ok' : 'bad'}
            icon={copy.online ? CircleCheck : CircleX}
            label={states(copy.online ? 'online' : 'offline')}
          />
        ),
      },
      {
        id: 'newest',
        header: t('holdsNewest'),
        cell: (copy) => (copy.holdsNewest ? t('yes') : <span className="text-ink-faint">{t('no')}</span>),
      },
      {
        id: 'behind',
        header: t('behind'),
        cell: (copy) => <Behind copy={copy} />,
      },
      {
        id: 'snapshots',
        header: t('snapshots'),
        align: 'end',
        value: (copy) => copy.snapshots,
        cell: (copy) => <Count value={copy.snapshots} />,
      },
      {
        id: 'bytes',
        header: t('bytes'),
        align: 'end',
        value: (copy) => copy.bytes,
        cell: (copy) => <Bytes value={copy.bytes} />,
      },
      {
        id: 'written',
        header: t('written'),
        cell: (copy) => <RelativeTime at={copy.lastWriteAt} never={t('noSnapshot')} />,
      },
    ],
    [t, states],
  );
  return (
    <Panel
      flush
      title={t('copies')}
      description={
        repository.snapshotCount > 0 && complete < wanted ? (
          <span className="text-warn">{t('wanted', { complete, wanted })}</span>
        ) : (
          t('copiesHint')
        )
      }
      actions={<ReplicateNow repository={repository} />}
    >
      <DataTable
        bare
        name="copies"
        label={t('copies')}
        columns={columns}
        rows={copies}
        rowId={(copy) => copy.nodeId}
        empty={<p className="p-4 text-ink-muted">{t('noCopies')}</p>}
      />
    </Panel>
  );
}
