'use client';

import type { RepositoryLock, repositoryLocks } from '@breakwater/contract/repository-care';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LockOpen, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { apiSend, nothing } from '../api/client.ts';
import { repositoryLocksQuery } from '../api/queries/repositories.ts';
import { activeRunsQuery } from '../api/queries/runs.ts';
import { useMay } from '../api/use-session.ts';
import { Badge } from '../primitives/badge.tsx';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { toast } from '../primitives/toast.tsx';
import { lockRemoval } from './lock-removal.ts';

/** Who holds a lock on which copy, since when, and the way to remove one that is left over. */
export function LocksPanel({ repositoryId }: { repositoryId: string }) {
  const t = useTranslations('repositories.locks');
  const { data: locks, error, refetch } = useQuery(repositoryLocksQuery(repositoryId));
  return (
    <Panel flush title={t('title')} description={t('hint')}>
      {locks !== undefined ? (
        <Known repositoryId={repositoryId} locks={locks} />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton className="m-4 h-5 w-2/3" />
      )}
    </Panel>
  );
}

function Known({ repositoryId, locks }: { repositoryId: string; locks: z.infer<typeof repositoryLocks> }) {
  const t = useTranslations('repositories.locks');
  const may = useMay('care-repositories');
  const client = useQueryClient();
  const [removing, setRemoving] = useState<RepositoryLock | null>(null);
  const columns = useLockColumns(may, setRemoving);
  const { items, unread } = locks;
  return (
    <>
      <DataTable
        bare
        name="locks"
        label={t('label')}
        columns={columns}
        rows={items}
        rowId={(lock) => `${lock.nodeId}/${lock.lockName}`}
        empty={unread.length === 0 && <p className="px-4 py-3 text-ink-muted">{t('none')}</p>}
      />
      {unread.length > 0 && (
        <ul className="border-t border-line px-4 py-2 first:border-t-0">
          {unread.map((one) => (
            <li key={one.nodeId} className="flex items-start gap-2 text-sm text-warn">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {one.reason === 'offline'
                ? t('unreadOffline', { node: one.nodeName })
                : t('unread', { node: one.nodeName, reason: one.reason })}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={t('removeTitle', { node: removing?.nodeName ?? '' })}
        body={removing !== null && <Consequences lock={removing} />}
        confirmLabel={t('remove')}
        onConfirm={async () => {
          if (removing === null) return;
          const { nodeId, lockName } = removing;
          const path = `/repositories/${encodeURIComponent(repositoryId)}/locks/${nodeId}/${lockName}`;
          await apiSend('DELETE', path, undefined, nothing);
          toast.done(t('removed'));
          await client.invalidateQueries({ queryKey: repositoryLocksQuery(repositoryId).queryKey });
        }}
      />
    </>
  );
}

/** Asked only for a lock that no run is using any more. */
function Consequences({ lock }: { lock: RepositoryLock }) {
  const t = useTranslations('repositories.locks');
  const removal = lockRemoval(lock, []);
  if (removal === 'stale') return t('removeStale');
  if (removal === 'of-ended-run') return t('removeOwn');
  return t('removeOther', { user: lock.username, host: lock.hostname, pid: String(lock.pid) });
}

function useLockColumns(
  may: boolean,
  remove: (lock: RepositoryLock) => void,
): readonly Column<RepositoryLock>[] {
  const t = useTranslations('repositories.locks');
  const { data: active } = useQuery(activeRunsQuery);
  return useMemo(() => {
    const activeIds = active?.map((run) => run.id) ?? null;
    const columns: Column<RepositoryLock>[] = [
      { id: 'node', header: t('node'), value: (lock) => lock.nodeName, cell: (lock) => lock.nodeName },
      {
        id: 'whose',
        header: t('whose'),
        phoneWide: true,
        cell: (lock) => <Owner lock={lock} />,
      },
      {
        id: 'kind',
        header: t('kind'),
        value: (lock) => t(lock.exclusive ? 'exclusive' : 'shared'),
        cell: (lock) => t(lock.exclusive ? 'exclusive' : 'shared'),
      },
      {
        id: 'since',
        header: t('since'),
        value: (lock) => lock.since,
        cell: (lock) => (
          <span className="flex flex-wrap items-center gap-x-2">
            <RelativeTime at={lock.since} />
            {lock.stale && (
              <span title={t('staleHint')}>
                <Badge tone="warn">{t('stale')}</Badge>
              </span>
            )}
          </span>
        ),
      },
    ];
    if (may) {
      columns.push({
        id: 'actions',
        header: '',
        align: 'end',
        cell: (lock) =>
          lockRemoval(lock, activeIds) === 'not-while-it-runs' ? null : (
            <Button size="sm" icon={LockOpen} onClick={() => remove(lock)}>
              {t('remove')}
            </Button>
          ),
      });
    }
    return columns;
  }, [t, may, remove, active]);
}

function Owner({ lock }: { lock: RepositoryLock }) {
  const t = useTranslations('repositories.locks');
  const process = t('process', { user: lock.username, host: lock.hostname, pid: String(lock.pid) });
  if (lock.runId === null) return process;
  return (
    <span>
      <Link className="text-accent hover:underline" href={`/runs/${lock.runId}`}>
        {t('run')} <code>{lock.runId.slice(0, 8)}</code>
      </Link>{' '}
      <span className="text-sm text-ink-muted">{process}</span>
    </span>
  );
}
