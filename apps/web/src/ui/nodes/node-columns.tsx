'use client';

import type { StorageNode } from '@breakwater/contract/resources';
import { disksSharedWith } from '@breakwater/domain/storage-totals';
import { CircleAlert, CircleCheck, CircleHelp, CircleX, type LucideIcon, ShieldAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Badge } from '../primitives/badge.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { pausedLook, StatePill } from '../primitives/state-pill.tsx';
import type { Column } from '../primitives/table-columns.ts';
import type { Tone } from '../primitives/tone.ts';
import { Bytes, Count } from '../primitives/values.tsx';
import { nodeState, type NodeState, usedShare } from './node-state.ts';

const looks: Record<NodeState, { tone: Tone; icon: LucideIcon }> = {
  offline: { tone: 'bad', icon: CircleX },
  failing: { tone: 'bad', icon: CircleX },
  degraded: { tone: 'warn', icon: CircleAlert },
  draining: pausedLook,
  unknown: { tone: 'idle', icon: CircleHelp },
  ok: { tone: 'ok', icon: CircleCheck },
};

/** A bar of what is used, amber from 85 %, red from 95 %. */
export function capacityTone(share: number): Tone {
  return share > 0.95 ? 'bad' : share > 0.85 ? 'warn' : 'ok';
}

function Capacity({ node, nodes }: { node: StorageNode; nodes: readonly StorageNode[] }) {
  const t = useTranslations('nodes');
  const format = useFormat();
  const share = usedShare(node);
  const others = disksSharedWith(node, nodes);
  if (share === null || node.totalBytes === null || node.freeBytes === null) {
    return <span className="text-ink-faint">{t('notReported')}</span>;
  }
  return (
    <span className="flex min-w-48 flex-wrap items-center gap-x-3">
      <ProgressBar
        className="w-20 shrink-0"
        value={share}
        tone={capacityTone(share)}
        label={t('capacityOf', { node: node.name })}
      />
      <span className="whitespace-nowrap tabular-nums">
        {t('freeOf', { free: format.bytes(node.freeBytes), total: format.bytes(node.totalBytes) })}
      </span>
      {others.length > 0 && (
        <span className="text-sm text-ink-muted">{t('sharesDisk', { nodes: format.list(others) })}</span>
      )}
    </span>
  );
}

export function useNodeColumns(nodes: readonly StorageNode[]): readonly Column<StorageNode>[] {
  const t = useTranslations('nodes');
  return useMemo(
    (): readonly Column<StorageNode>[] => [
      {
        id: 'name',
        header: t('column.name'),
        value: (node) => node.name,
        cell: (node) => <span className="font-medium">{node.name}</span>,
      },
      {
        id: 'state',
        header: t('column.state'),
        value: (node) => nodeState(node),
        cell: (node) => {
          const state = nodeState(node);
          return (
            <span className="inline-flex flex-wrap items-center gap-x-2">
              <StatePill
                quiet
                {...looks[state]}
                label={t(`state.${state}`)}
                title={node.healthReason ?? undefined}
              />
              {state === 'offline' && (
                <span className="text-sm text-ink-faint">
                  <RelativeTime at={node.lastHeartbeatAt} never={t('neverSeen')} />
                </span>
              )}
              {state !== 'offline' && node.healthReason !== null && (
                <span className="text-sm text-ink-muted">{node.healthReason}</span>
              )}
            </span>
          );
        },
        filter: (['ok', 'draining', 'degraded', 'failing', 'offline', 'unknown'] as const).map((value) => ({
          value,
          label: t(`state.${value}`),
        })),
      },
      {
        id: 'capacity',
        header: t('column.capacity'),
        phoneWide: true,
        value: (node) => usedShare(node),
        cell: (node) => <Capacity node={node} nodes={nodes} />,
      },
      {
        id: 'backups',
        header: t('column.backups'),
        align: 'end',
        value: (node) => node.usedByCopiesBytes,
        cell: (node) => <Bytes value={node.usedByCopiesBytes} />,
      },
      {
        id: 'copies',
        header: t('column.copies'),
        align: 'end',
        value: (node) => node.copies,
        cell: (node) => <Count value={node.copies} />,
      },
      {
        id: 'load',
        header: t('column.load'),
        align: 'end',
        value: (node) => node.transfersInFlight,
        cell: (node) => <Count value={node.transfersInFlight} />,
      },
      {
        id: 'url',
        header: t('column.url'),
        phoneWide: true,
        value: (node) => node.url,
        cell: (node) => (
          <span className="inline-flex items-center gap-2">
            <code>{node.url}</code>
            {node.insecureHttp && (
              <Badge tone="warn">
                <ShieldAlert aria-hidden className="size-3.5" />
                {t('insecure')}
              </Badge>
            )}
          </span>
        ),
      },
      {
        id: 'version',
        header: t('column.version'),
        hidden: true,
        value: (node) => node.version,
        cell: (node) => <code>{node.version}</code>,
      },
      {
        id: 'created',
        header: t('column.created'),
        hidden: true,
        value: (node) => new Date(node.createdAt).getTime(),
        cell: (node) => <RelativeTime at={node.createdAt} />,
      },
    ],
    [t, nodes],
  );
}
