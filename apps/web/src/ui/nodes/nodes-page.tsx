'use client';

import { type StorageNode, storageNode } from '@breakwater/contract/resources';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Gauge, HardDrive, Pause, Play, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiSend, nothing } from '../api/client.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { useMay } from '../api/use-session.ts';
import { NodeBandwidthDialog } from '../bandwidth/node-bandwidth-dialog.tsx';
import { Button, IconButton } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { aboveRowClass } from '../primitives/table-grid.tsx';
import { toast } from '../primitives/toast.tsx';
import { useUrlState } from '../primitives/use-url-state.ts';
import { AddNodeDialog } from './add-node-dialog.tsx';
import { useNodeColumns } from './node-columns.tsx';
import { StorageSummary } from './storage-summary.tsx';

/** One array for every render before they are loaded: the columns depend on it. */
const noNodes: readonly StorageNode[] = [];

/** Drain, take back, remove: what one may do to a node, as its role and state allow. */
function useNodeActions() {
  const t = useTranslations('nodes');
  const errors = useTranslations('common.error');
  const text = useProblemText();
  const client = useQueryClient();
  const drain = useMutation({
    mutationFn: (node: StorageNode) =>
      apiSend('PATCH', `/storage-nodes/${node.id}`, { draining: !node.draining }, storageNode),
    onSuccess: (changed) => {
      client.setQueryData(storageNodesQuery.queryKey, (nodes) =>
        nodes?.map((node) => (node.id === changed.id ? changed : node)),
      );
      toast.done(t(changed.draining ? 'drain.started' : 'drain.ended', { node: changed.name }));
    },
    onError: (error) => toast.failed(errors('actionTitle'), text(error)),
  });
  const remove = async (node: StorageNode) => {
    await apiSend('DELETE', `/storage-nodes/${node.id}`, undefined, nothing);
    await client.invalidateQueries({ queryKey: ['storage-nodes'] });
    toast.done(t('remove.done', { node: node.name }));
  };
  return { drain, remove };
}

export function NodesPage() {
  const t = useTranslations('nodes');
  const limit = useTranslations('bandwidth');
  const mayAdd = useMay('add-machines');
  const mayDrain = useMay('drain-nodes');
  const mayRemove = useMay('remove-machines');
  const url = useUrlState();
  const { data: nodes, error, refetch } = useQuery(storageNodesQuery);
  const { drain, remove } = useNodeActions();
  const [draining, setDraining] = useState<StorageNode | null>(null);
  const [limiting, setLimiting] = useState<StorageNode | null>(null);
  const [removing, setRemoving] = useState<StorageNode | null>(null);
  const facts = useNodeColumns(nodes ?? noNodes);
  const drainNode = drain.mutate;

  const columns = useMemo(
    () =>
      mayDrain || mayRemove
        ? [
            ...facts,
            {
              id: 'actions',
              header: '',
              width: '7rem',
              cell: (node: StorageNode) => (
                <span className={`${aboveRowClass} flex justify-end gap-1 max-sm:justify-start`}>
                  {mayDrain && (
                    <IconButton
                      size="sm"
                      icon={node.draining ? Play : Pause}
                      label={t(node.draining ? 'drain.end' : 'drain.start', { node: node.name })}
                      onClick={() => (node.draining ? drainNode(node) : setDraining(node))}
                    />
                  )}
                  {mayDrain && (
                    <IconButton
                      size="sm"
                      icon={Gauge}
                      label={limit('limitNode', { node: node.name })}
                      onClick={() => setLimiting(node)}
                    />
                  )}
                  {mayRemove && (
                    <IconButton
                      size="sm"
                      icon={Trash2}
                      label={t('remove.action', { node: node.name })}
                      onClick={() => setRemoving(node)}
                    />
                  )}
                </span>
              ),
            },
          ]
        : facts,
    [facts, mayDrain, mayRemove, drainNode, t, limit],
  );
  const add = mayAdd ? (
    <Button tone="primary" icon={Plus} onClick={() => url.set({ add: '1' })}>
      {t('add.title')}
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader title={t('title')} description={t('description')} actions={add} />
      {nodes !== undefined && nodes.length > 0 && <StorageSummary nodes={nodes} />}
      <Panel flush>
        <DataTable
          name="nodes"
          label={t('title')}
          columns={columns}
          rows={nodes}
          rowId={(node) => node.id}
          sort={{ id: 'name', desc: false }}
          error={error}
          retry={() => void refetch()}
          empty={<EmptyState icon={HardDrive} title={t('empty.title')} body={t('empty.body')} action={add} />}
        />
      </Panel>
      <AddNodeDialog
        open={mayAdd && url.get('add') !== null}
        onOpenChange={(open) => url.set({ add: open ? '1' : null })}
      />
      <NodeBandwidthDialog node={limiting} close={() => setLimiting(null)} />
      <ConfirmDialog
        open={draining !== null}
        onOpenChange={(open) => !open && setDraining(null)}
        tone="primary"
        title={t('drain.ask', { node: draining?.name ?? '' })}
        body={t('drain.body')}
        confirmLabel={t('drain.confirm')}
        onConfirm={() => draining !== null && drain.mutateAsync(draining)}
      />
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t('remove.ask', { node: removing?.name ?? '' })}
        body={t(removing !== null && removing.copies > 0 ? 'remove.holdsCopies' : 'remove.body', {
          count: removing?.copies ?? 0,
        })}
        confirmLabel={t('remove.confirm')}
        typeName={removing?.name ?? ''}
        onConfirm={() => removing !== null && remove(removing)}
      />
    </>
  );
}
