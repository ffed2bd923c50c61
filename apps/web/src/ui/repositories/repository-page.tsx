'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Activity, Archive } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { repositoryQuery } from '../api/queries/repositories.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { NotFound } from '../shell/not-found.tsx';
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
  const { sourceAddress, id } = repository;
  const ofServer = sourceAddress === null ? '' : `?server=${encodeURIComponent(sourceAddress)}`;
  return (
    <>
      <PageHeader
        back={{ href: '/repositories', label: t('title') }}
        title={
          sourceAddress === null
            ? t('noServer', { id: id.slice(0, 8) })
            : t('titleOf', { server: sourceAddress })
        }
        actions={
          <>
            <ButtonLink icon={Activity} href={`/runs${ofServer}`}>
              {pages('runs')}
            </ButtonLink>
            <ButtonLink icon={Archive} href={`/snapshots${ofServer}`}>
              {pages('snapshots')}
            </ButtonLink>
          </>
        }
      />
      <RepositoryView repository={repository} />
    </>
  );
}
