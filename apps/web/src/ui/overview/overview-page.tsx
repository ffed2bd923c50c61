'use client';

import { useQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { overviewQuery } from '../api/queries/overview.ts';
import { useMay } from '../api/use-session.ts';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { Hero } from './hero.tsx';
import { Reminders } from './reminders.tsx';
import { ServerRows } from './server-rows.tsx';
import { EventsPanel, RunningPanel, StoragePanel } from './side-panels.tsx';

const COLUMNS = 'grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]';

export function OverviewPage() {
  const t = useTranslations('overview');
  const mayAdd = useMay('add-machines');
  const { data: overview, error, refetch } = useQuery(overviewQuery);

  if (overview === undefined) {
    return error === null ? <OverviewSkeleton /> : <ErrorState error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <Hero overview={overview} />
      <Reminders reminders={overview.reminders} />
      <div className={COLUMNS}>
        {overview.servers.length === 0 ? (
          <Panel>
            <EmptyState
              icon={Server}
              title={t('empty.title')}
              body={t('empty.body')}
              {...(mayAdd && { link: { href: '/servers?add=1', label: t('empty.action') } })}
            />
          </Panel>
        ) : (
          <ServerRows servers={overview.servers} />
        )}
        <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-1">
          <RunningPanel />
          <StoragePanel storage={overview.storage} />
          <div className="md:col-span-2 xl:col-span-1">
            <EventsPanel events={overview.events} />
          </div>
        </div>
      </div>
    </>
  );
}

function OverviewSkeleton() {
  const t = useTranslations('common');
  return (
    <div>
      <span role="status" className="sr-only">
        {t('loading')}
      </span>
      <Skeleton className="mb-5 h-9 w-96 max-w-full" />
      <div className={COLUMNS}>
        <Panel flush title={<Skeleton className="h-4 w-24" />}>
          {[0, 1, 2, 3].map((row) => (
            <div key={row} className="flex h-16 items-center gap-6 border-b border-line px-4 last:border-b-0">
              <Skeleton className="h-4 w-40" />
              <span className="flex-1" />
              <Skeleton className="h-5 w-60 max-w-[40%]" />
            </div>
          ))}
        </Panel>
        <div className="grid gap-4">
          <Skeleton className="h-28 rounded-lg" />
          <Skeleton className="h-36 rounded-lg" />
          <Skeleton className="h-64 rounded-lg" />
        </div>
      </div>
    </div>
  );
}
