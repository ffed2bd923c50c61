'use client';

import type { Agent } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Database } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { repositoryQuery } from '../api/queries/repositories.ts';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { RepositoryView } from '../repositories/repository-view.tsx';

/** Where this server's backups are, how they are cared for, and what is needed to read them when nothing else is left. */
export function ServerRepository({ agent }: { agent: Agent }) {
  const t = useTranslations('servers.repository');
  const {
    data: repository,
    error,
    refetch,
  } = useQuery({
    ...repositoryQuery(agent.repositoryId ?? ''),
    enabled: agent.repositoryId !== null,
  });
  if (agent.repositoryId === null) {
    return (
      <Panel>
        <EmptyState icon={Database} title={t('emptyTitle')} body={t('emptyBody')} />
      </Panel>
    );
  }
  if (repository !== undefined) return <RepositoryView repository={repository} />;
  return error === null ? (
    <Skeleton className="h-72 rounded-lg" />
  ) : (
    <ErrorState error={error} retry={() => void refetch()} />
  );
}
