'use client';

import type { StorageNode } from '@breakwater/contract/resources';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { capacityTone } from './node-columns.tsx';
import { allStorage } from './node-state.ts';

function Figure({ name, value, children }: { name: string; value: string; children?: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className="text-xl font-semibold tabular-nums">{value}</dd>
      {children}
    </div>
  );
}

/** All nodes together, in four figures. */
export function StorageSummary({ nodes }: { nodes: readonly StorageNode[] }) {
  const t = useTranslations('nodes.summary');
  const format = useFormat();
  const all = allStorage(nodes);
  const share = all.totalBytes === 0 ? null : all.usedBytes / all.totalBytes;
  return (
    <dl className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure name={t('free')} value={format.bytes(all.freeBytes)}>
        <dd>
          {share !== null && (
            <ProgressBar
              className="my-1.5 max-w-56"
              value={share}
              tone={capacityTone(share)}
              label={t('free')}
            />
          )}
          <span className="text-sm text-ink-muted">{t('of', { total: format.bytes(all.totalBytes) })}</span>
        </dd>
      </Figure>
      <Figure name={t('backups')} value={format.bytes(all.backupBytes)} />
      <Figure name={t('online')} value={`${format.count(all.online)} / ${format.count(nodes.length)}`}>
        <dd className="text-sm text-ink-muted">{t('accepting', { count: all.accepting })}</dd>
      </Figure>
      <Figure name={t('transfers')} value={format.count(all.transfers)} />
    </dl>
  );
}
