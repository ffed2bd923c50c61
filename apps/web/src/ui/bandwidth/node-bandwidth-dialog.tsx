'use client';

import { type StorageNode, storageNode } from '@breakwater/contract/resources';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { Dialog } from '../primitives/dialog.tsx';
import { BandwidthForm } from './bandwidth-form.tsx';

/** What all who use a storage node may take of its line together; open while there is a node. */
export function NodeBandwidthDialog(props: { node: StorageNode | null; close: () => void }) {
  const { node, close } = props;
  const t = useTranslations('bandwidth');
  const client = useQueryClient();
  return (
    <Dialog
      open={node !== null}
      onOpenChange={(open) => !open && close()}
      title={t('ofNode', { node: node?.name ?? '' })}
    >
      {node !== null && (
        <BandwidthForm
          limit={node.bandwidth}
          hint={t('nodeHint')}
          close={close}
          save={async (bandwidth) => {
            await apiSend('PATCH', `/storage-nodes/${node.id}`, { bandwidth }, storageNode);
            await client.invalidateQueries({ queryKey: ['storage-nodes'] });
          }}
        />
      )}
    </Dialog>
  );
}
