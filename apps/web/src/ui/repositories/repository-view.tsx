'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/use-session.ts';
import { FactList } from '../primitives/fact-list.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Count } from '../primitives/values.tsx';
import { CarePanel } from './care-panel.tsx';
import { CopiesPanel } from './copies-panel.tsx';
import { LocksPanel } from './locks-panel.tsx';
import { OldFormat } from './old-format.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { RecoveryKit } from './recovery-kit.tsx';

/** One repository: its copies, their care and locks, and its recovery kit. */
export function RepositoryView({ repository }: { repository: Repository }) {
  const t = useTranslations('servers.repository');
  const mayKit = useMay('recovery-kits');
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-4">
        {repository.formatVersion === 1 && <OldFormat repository={repository} />}
        <CopiesPanel repository={repository} />
        <CarePanel repository={repository} />
        <LocksPanel repositoryId={repository.id} />
        {mayKit && <RecoveryKit repository={repository} server={repository.sourceAddress ?? repository.id} />}
      </div>
      <div className="grid min-w-0 gap-4">
        <PlanPanel repository={repository} />
        <Panel title={t('title')}>
          <FactList
            facts={[
              { name: t('snapshots'), value: <Count value={repository.snapshotCount} /> },
              {
                name: t('newest'),
                value: <RelativeTime at={repository.lastSnapshotAt} never={t('noSnapshot')} />,
              },
              ...(repository.adoptedAt === null
                ? [{ name: t('created'), value: <RelativeTime at={repository.createdAt} /> }]
                : [{ name: t('adopted'), value: <RelativeTime at={repository.adoptedAt} /> }]),
              { name: t('format'), value: t('formatValue', { version: String(repository.formatVersion) }) },
              { name: t('id'), value: <code className="break-all">{repository.id}</code> },
            ]}
          />
        </Panel>
      </div>
    </div>
  );
}
