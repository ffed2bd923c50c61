'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Activity, Archive, Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { repositoryQuery } from '../api/queries/repositories.ts';
import { useMay } from '../api/use-session.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { NotFound } from '../shell/not-found.tsx';
import { repositoryName } from './repository-name.ts';
import { RepositoryView } from './repository-view.tsx';

/** `/repositories/ID` */
export function RepositoryPage({ id }: { id: string }) {
  const { data: repository, error, refetch } = useQuery(repositoryQuery(id));
  if (repository !== undefined) return <Known repository={repository} />;
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

function Known({ repository }: { repository: Repository }) {
  const t = useTranslations('repositories');
  const pages = useTranslations('shell.pages');
  const mayAddTask = useMay('edit-tasks');
  const { sourceAddress, id, formatVersion } = repository;
  const ofServer = sourceAddress === null ? '' : `?server=${encodeURIComponent(sourceAddress)}`;
  return (
    <>
      <PageHeader
        back={{ href: '/repositories', label: t('title') }}
        title={
          sourceAddress === null
            ? t('noServer', { id: repositoryName(id) })
            : t('titleOf', { server: sourceAddress })
        }
        actions={
          <>
            {mayAddTask && sourceAddress === null && formatVersion === 2 && (
              <ButtonLink icon={Plus} href={`/tasks/new?repository=${id}`}>
                {t('newTask')}
              </ButtonLink>
            )}
            <ButtonLink icon={Activity} href={`/runs${ofServer}`}>
              {pages('runs')}
            </ButtonLink>
            <ButtonLink icon={Archive} href={`/snapshots?repository=${id}`}>
              {pages('snapshots')}
            </ButtonLink>
          </>
        }
      />
      <RepositoryView repository={repository} />
    </>
  );
}
