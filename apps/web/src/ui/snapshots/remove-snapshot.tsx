'use client';

import type { Snapshot } from '@breakwater/contract/resources';
import { removeSnapshotAnswer, snapshotRemoval } from '@breakwater/contract/snapshot-removal';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiGet, apiSend } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { asSentence } from '../language/as-sentence.ts';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { Button } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';

/** Asks before a snapshot goes, naming what is lost, and leads to the run that removes it. */
export function RemoveSnapshot({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.removal');
  const may = useMay('delete-snapshots');
  const [asking, setAsking] = useState(false);
  const router = useRouter();
  const client = useQueryClient();
  if (!may || snapshot.copies.length === 0) return null;
  const shortId = snapshot.id.slice(0, 8);
  return (
    <>
      <Button size="sm" icon={Trash2} className="-my-1 ml-auto" onClick={() => setAsking(true)}>
        {t('action')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title', { id: shortId })}
        body={<WhatIsLost snapshot={snapshot} />}
        confirmLabel={t('confirm')}
        typeName={shortId}
        onConfirm={async () => {
          const { runId } = await apiSend(
            'DELETE',
            `/snapshots/${snapshot.id}`,
            undefined,
            removeSnapshotAnswer,
          );
          void client.invalidateQueries({ queryKey: ['runs'] });
          router.push(`/runs/${runId}`);
        }}
      />
    </>
  );
}

function WhatIsLost({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.removal');
  const format = useFormat();
  const remark = useRemark();
  const { data } = useQuery({
    queryKey: ['snapshots', snapshot.id, 'removal'],
    queryFn: ({ signal }) => apiGet(`/snapshots/${snapshot.id}/removal`, snapshotRemoval, { signal }),
    staleTime: 0,
  });
  const { files, bytes } = snapshot;
  return (
    <div className="grid gap-3">
      <p>
        {t('body', {
          server: snapshot.sourceAddress ?? snapshot.hostname,
          when: format.dateTime(snapshot.time),
          nodes: format.list(snapshot.copies.map((copy) => copy.nodeName)),
        })}{' '}
        {files !== null && bytes !== null && t('size', { count: files, size: format.bytes(bytes) })}
      </p>
      <p>{t('kept')}</p>
      {data?.warnings.map((warning) => (
        <Warning key={warning.kind}>{asSentence(remark(warning, warning.text))}</Warning>
      ))}
      {data !== undefined && data.inUse !== null && (
        <Warning>
          {t(data.inUse.kind === 'restore' ? 'restoredFrom' : 'forgotten')}{' '}
          <Link className="text-accent hover:underline" href={`/runs/${data.inUse.runId}`}>
            {t('itsRun')}
          </Link>
        </Warning>
      )}
    </div>
  );
}

function Warning({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-warn">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
