'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useNow } from '../live/use-now.ts';
import { DataTable } from '../primitives/data-table.tsx';
import { Panel } from '../primitives/panel.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { wholePercent } from '../runs/run-figures.ts';
import { CareRuns } from './care-runs.tsx';
import { DamageNotes } from './damage-notes.tsx';
import { daysSince, type DueCare, nextCare } from './copy-care.ts';

type Copy = Repository['copies'][number];

/** When each copy was pruned and checked, how much of it was read lately, and what is due. */
export function CarePanel({ repository }: { repository: Repository }) {
  const t = useTranslations('repositories');
  const days = repository.care.checkEveryByteDays;
  const columns = useMemo(
    (): readonly Column<Copy>[] => [
      { id: 'node', header: t('care.node'), value: (copy) => copy.nodeName, cell: (copy) => copy.nodeName },
      {
        id: 'pruned',
        header: t('care.pruned'),
        value: (copy) => copy.care.lastPrunedAt,
        cell: (copy) => <RelativeTime at={copy.care.lastPrunedAt} never={t('never')} />,
      },
      {
        id: 'checked',
        header: t('care.checked'),
        value: (copy) => copy.care.lastCheckedAt,
        cell: (copy) => <RelativeTime at={copy.care.lastCheckedAt} never={t('never')} />,
      },
      {
        id: 'read',
        header: t('care.read', { days }),
        phoneWide: true,
        value: (copy) => copy.care.readShare,
        cell: (copy) => (
          <>
            <ReadShare share={copy.care.readShare} />
            <AllRead since={copy.care.allReadSince} />
          </>
        ),
      },
      {
        id: 'next',
        header: t('care.next'),
        phoneWide: true,
        value: (copy) => nextCare(copy.care)?.at ?? null,
        cell: (copy) => <Due due={nextCare(copy.care)} />,
      },
    ],
    [t, days],
  );
  return (
    <Panel
      flush
      title={t('care.title')}
      description={t('care.hint')}
      actions={<CareRuns repository={repository} />}
    >
      <DamageNotes copies={repository.copies} />
      <DataTable
        bare
        name="care"
        label={t('care.title')}
        columns={columns}
        rows={repository.copies}
        rowId={(copy) => copy.nodeId}
        empty={<p className="p-4 text-ink-muted">{t('care.empty')}</p>}
      />
    </Panel>
  );
}

/** Read and verified within the plan's days, as a bar and in percent. */
export function ReadShare({ share }: { share: number }) {
  const t = useTranslations('repositories.care');
  const format = useFormat();
  return (
    <span className="flex items-center gap-2">
      <ProgressBar value={share} label={t('readShort')} tone="ok" className="w-20" />
      <span className="text-sm text-ink-muted tabular-nums">{format.percent(wholePercent(share) / 100)}</span>
    </span>
  );
}

/** Within how many days every byte of a copy was read, counted from now. */
function AllRead({ since }: { since: string | null }) {
  const t = useTranslations('repositories.care');
  const now = useNow(60_000);
  const days = daysSince(since, now);
  return (
    <span className="block text-sm text-ink-faint">
      {days === null ? t('notAllRead') : t('allRead', { days })}
    </span>
  );
}

export function Due({ due }: { due: DueCare | null }) {
  const t = useTranslations('repositories.care');
  const now = useNow(10_000);
  if (due === null) return <span className="text-ink-faint">{t('off')}</span>;
  const what = t(due.what === 'prune' ? 'nextPrune' : 'nextCheck');
  if (Date.parse(due.at) <= now) return t('due', { what });
  return (
    <span className="whitespace-nowrap">
      {what} <RelativeTime at={due.at} />
    </span>
  );
}
