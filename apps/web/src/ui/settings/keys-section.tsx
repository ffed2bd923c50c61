'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, Database, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { repositoriesQuery } from '../api/queries/repositories.ts';
import { settingsQuery } from '../api/queries/settings.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { CodeLine } from '../primitives/code-line.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { useChangeSettings } from './use-change-settings.ts';

/** What must be kept elsewhere so that backups can be read without this machine. */
export function KeysSection() {
  return (
    <>
      <MasterKey />
      <Kits />
    </>
  );
}

function MasterKey() {
  const t = useTranslations('settings.keys');
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  const change = useChangeSettings();
  const [asking, setAsking] = useState(false);
  if (settings === undefined) {
    return error === null ? (
      <Skeleton className="h-40 rounded-lg" />
    ) : (
      <ErrorState error={error} retry={() => void refetch()} />
    );
  }
  const at = settings.masterKeyConfirmedAt;
  return (
    <Panel title={t('masterKey')} description={t('masterKeyHint')}>
      <p className="mb-3 flex items-start gap-2">
        {at === null ? (
          <>
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span className="font-medium text-warn">{t('notConfirmed')}</span>
          </>
        ) : (
          <>
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
            <span>
              {t('confirmed')} <RelativeTime at={at} className="text-ink-muted" />
            </span>
          </>
        )}
      </p>
      <p className="mb-1 text-sm font-medium">{t('location')}</p>
      <CodeLine text={settings.masterKeyLocation} />
      {at === null && (
        <Button tone="primary" className="mt-4" onClick={() => setAsking(true)}>
          {t('confirm')}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={t('ask')}
        body={t('askBody')}
        confirmLabel={t('confirm')}
        onConfirm={() => change.mutateAsync({ masterKeyConfirmed: true })}
      />
    </Panel>
  );
}

function Kits() {
  const t = useTranslations('settings.keys');
  const { data: repositories, error, refetch } = useQuery(repositoriesQuery);
  const columns = useMemo(
    (): readonly Column<Repository>[] => [
      {
        id: 'server',
        header: t('server'),
        value: (repository) => repository.sourceAddress ?? repository.id,
        cell: (repository) => repository.sourceAddress ?? <code>{repository.id}</code>,
      },
      {
        id: 'confirmed',
        header: t('kit'),
        value: (repository) => (repository.kitConfirmedAt === null ? 0 : 1),
        cell: (repository) =>
          repository.kitConfirmedAt === null ? (
            <StatePill quiet tone="warn" icon={TriangleAlert} label={t('kitMissing')} />
          ) : (
            <span className="inline-flex items-center gap-2">
              <StatePill quiet tone="ok" icon={CircleCheck} label={t('kitKept')} />
              <RelativeTime at={repository.kitConfirmedAt} className="text-sm text-ink-faint" />
            </span>
          ),
      },
      {
        id: 'open',
        header: '',
        width: '8rem',
        cell: (repository) => (
          <span className="flex justify-end max-sm:justify-start">
            <ButtonLink size="sm" href={`/repositories/${repository.id}`}>
              {t('open')}
            </ButtonLink>
          </span>
        ),
      },
    ],
    [t],
  );
  return (
    <Panel flush title={t('kits')} description={t('kitsHint')}>
      <DataTable
        bare
        name="kits"
        label={t('kits')}
        columns={columns}
        rows={repositories}
        rowId={(repository) => repository.id}
        error={error}
        retry={() => void refetch()}
        empty={<EmptyState icon={Database} title={t('noRepositories')} body={t('noRepositoriesHint')} />}
      />
    </Panel>
  );
}
