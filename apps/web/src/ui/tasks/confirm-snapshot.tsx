'use client';

import type { JudgedSnapshot } from '@breakwater/contract/retention';
import { snapshot as snapshotSchema } from '@breakwater/contract/resources';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { useFormat } from '../language/use-format.ts';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';

/** Says that a snapshot which looks odd is as it should be; it then counts like any other. */
export function ConfirmSnapshot({ snapshot }: { snapshot: JudgedSnapshot }) {
  const t = useTranslations('tasks.keep.confirm');
  const format = useFormat();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)}>
        {t('action')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={t('title', { when: format.dateTime(snapshot.recordedAt) })}
        body={t('body')}
        confirmLabel={t('action')}
        onConfirm={async () => {
          await apiSend('POST', `/snapshots/${snapshot.snapshotId}/confirmation`, undefined, snapshotSchema);
          await client.invalidateQueries({ queryKey: ['retention'] });
          void client.invalidateQueries({ queryKey: ['snapshots'] });
        }}
      />
    </>
  );
}
