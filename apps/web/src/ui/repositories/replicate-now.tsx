'use client';

import type { Repository } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { CopyPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { useMay } from '../api/use-session.ts';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Select } from '../primitives/select.tsx';
import { useStartCare } from './use-start-care.ts';

/** Has a node fetch what its copy lacks, or make one; the answer leads to the live run. */
export function ReplicateNow({ repository }: { repository: Repository }) {
  const t = useTranslations('servers.repository');
  const may = useMay('care-repositories');
  const start = useStartCare(repository.id);
  const [open, setOpen] = useState(false);
  const { data: nodes } = useQuery({ ...storageNodesQuery, enabled: may });
  const behind = repository.copies.find(({ replication }) => replication.lacks > 0)?.nodeId ?? null;
  const [chosen, setChosen] = useState<string | null>(null);
  const nodeId = chosen ?? behind;
  if (!may || repository.snapshotCount === 0 || repository.formatVersion === 1) return null;
  const hint = (id: string): string => {
    const copy = repository.copies.find((one) => one.nodeId === id);
    if (copy === undefined) return t('newCopy');
    const { lacks } = copy.replication;
    return lacks === 0 ? t('hasAll') : t('lacks', { count: lacks });
  };
  return (
    <>
      <Button size="sm" icon={CopyPlus} onClick={() => setOpen(true)}>
        {t('replicate')}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        tone="primary"
        title={t('replicateTitle')}
        confirmLabel={t('replicate')}
        onConfirm={async () => {
          if (nodeId !== null) await start({ kind: 'replicate', nodeId });
        }}
        body={
          <div className="grid gap-4">
            <p>{t('replicateBody')}</p>
            <Field label={t('on')} className="text-ink">
              <Select
                value={nodeId}
                options={(nodes ?? []).map((node) => ({
                  value: node.id,
                  label: node.name,
                  hint: hint(node.id),
                }))}
                onChange={setChosen}
              />
            </Field>
          </div>
        }
      />
    </>
  );
}
