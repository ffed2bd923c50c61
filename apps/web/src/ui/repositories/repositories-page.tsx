'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { Database, FolderInput } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { repositoriesQuery } from '../api/queries/repositories.ts';
import { useMay } from '../api/use-session.ts';
import { Button } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { Bytes, Count } from '../primitives/values.tsx';
import { AdoptDialog } from './adopt-dialog.tsx';
import { Due, ReadShare } from './care-panel.tsx';
import { careOfAll } from './copy-care.ts';
import { repositoryName } from './repository-name.ts';

/** `/repositories`: every repository, as its worst copy stands. */
export function RepositoriesPage() {
  const t = useTranslations('repositories');
  const { data: repositories, error, refetch } = useQuery(repositoriesQuery);
  const columns = useRepositoryColumns();
  const mayAdopt = useMay('adopt-repositories');
  const [adopting, setAdopting] = useState(false);
  const adopt = mayAdopt && (
    <Button icon={FolderInput} onClick={() => setAdopting(true)}>
      {t('adopt.open')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} actions={adopt} />
      <AdoptDialog open={adopting} onOpenChange={setAdopting} />
      <Panel flush>
        <DataTable
          name="repositories"
          label={t('label')}
          columns={columns}
          rows={repositories}
          rowId={(repository) => repository.id}
          rowHref={(repository) => `/repositories/${repository.id}`}
          sort={{ id: 'server', desc: false }}
          error={error}
          retry={() => void refetch()}
          empty={
            <EmptyState
              icon={Database}
              title={t('empty.title')}
              body={t('empty.body')}
              link={{ href: '/tasks', label: t('empty.action') }}
            />
          }
        />
      </Panel>
    </>
  );
}

function useRepositoryColumns(): readonly Column<Repository>[] {
  const t = useTranslations('repositories');
  return useMemo(
    () => [
      {
        id: 'server',
        header: t('column.server'),
        value: (one) => one.sourceAddress ?? one.id,
        cell: (one) => one.sourceAddress ?? <code>{repositoryName(one.id)}</code>,
      },
      {
        id: 'copies',
        header: t('column.copies'),
        phoneWide: true,
        value: (one) => one.copies.map((copy) => copy.nodeName).join(', '),
        cell: (one) =>
          one.copies.length === 0 ? (
            <span className="text-ink-faint">—</span>
          ) : (
            one.copies.map((copy) => copy.nodeName).join(', ')
          ),
      },
      {
        id: 'snapshots',
        header: t('column.snapshots'),
        align: 'end',
        value: (one) => one.snapshotCount,
        cell: (one) => <Count value={one.snapshotCount} />,
      },
      {
        id: 'bytes',
        header: t('column.bytes'),
        align: 'end',
        value: (one) => careOfAll(one).bytes,
        cell: (one) => <Bytes value={careOfAll(one).bytes} />,
      },
      {
        id: 'pruned',
        header: t('column.pruned'),
        value: (one) => careOfAll(one).prunedAt,
        cell: (one) => <RelativeTime at={careOfAll(one).prunedAt} never={t('never')} />,
      },
      {
        id: 'checked',
        header: t('column.checked'),
        value: (one) => careOfAll(one).checkedAt,
        cell: (one) => <RelativeTime at={careOfAll(one).checkedAt} never={t('never')} />,
      },
      {
        id: 'read',
        header: t('column.read'),
        value: (one) => careOfAll(one).readShare,
        cell: (one) => {
          const { readShare } = careOfAll(one);
          return readShare === null ? (
            <span className="text-ink-faint">—</span>
          ) : (
            <ReadShare share={readShare} />
          );
        },
      },
      {
        id: 'next',
        header: t('column.next'),
        phoneWide: true,
        value: (one) => careOfAll(one).next?.at ?? null,
        cell: (one) =>
          one.copies.length === 0 ? (
            <span className="text-ink-faint">—</span>
          ) : (
            <Due due={careOfAll(one).next} />
          ),
      },
    ],
    [t],
  );
}
