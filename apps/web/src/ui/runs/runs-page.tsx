'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { useTimeZone, useTranslations } from 'use-intl';
import { runsQuery } from '../api/queries/runs.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RunFilters } from './run-filters.tsx';
import { readRunsQuery, runsApiQuery, runsSearch } from './runs-query.ts';
import { RunsTable } from './runs-table.tsx';

export function RunsPage() {
  const t = useTranslations('runs');
  const parameters = useSearchParams();
  const query = readRunsQuery(new URLSearchParams(parameters.toString()));
  const timeZone = useTimeZone() ?? 'UTC';
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    runsQuery(runsApiQuery(query, timeZone)),
  );
  const runs = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);

  const filtered = runsSearch(query) !== '';
  const filters = <RunFilters query={query} />;
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <Panel flush>
        <RunsTable
          name="runs"
          runs={runs}
          error={error}
          retry={() => void refetch()}
          toolbar={filters}
          more={{
            has: hasNextPage,
            loading: isFetchingNextPage,
            load: () => void fetchNextPage(),
          }}
          empty={
            filtered ? (
              <>
                <div className="flex flex-wrap gap-2 border-b border-line px-4 py-2">{filters}</div>
                <EmptyState
                  icon={Activity}
                  title={t('empty.filteredTitle')}
                  body={t('empty.filteredBody')}
                  action={<ButtonLink href="/runs">{t('filter.clear')}</ButtonLink>}
                />
              </>
            ) : (
              <EmptyState
                icon={Activity}
                title={t('empty.title')}
                body={t('empty.body')}
                link={{ href: '/tasks', label: t('empty.action') }}
              />
            )
          }
        />
      </Panel>
    </>
  );
}
