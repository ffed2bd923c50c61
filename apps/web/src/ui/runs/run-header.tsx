'use client';

import { type RunDetail, startRunAnswer } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import { useMutation } from '@tanstack/react-query';
import { Archive, OctagonX, RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiSend, nothing } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { useRemark } from '../language/use-remark.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { PageHeader } from '../primitives/page-header.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { RunStatePill } from '../primitives/state-pill.tsx';
import { toast } from '../primitives/toast.tsx';
import { isCareKind } from './care-kinds.ts';
import { useRunTitle } from './use-run-title.ts';

/** What it is, its state, why it is in that state, and what can be done now. */
export function RunHeader({ run }: { run: RunDetail }) {
  const kinds = useTranslations('common.kind');
  const title = useRunTitle();
  const remark = useRemark();
  const name = title(run);
  return (
    <PageHeader
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 break-words">{name}</span>
          <RunStatePill state={run.state} />
        </span>
      }
      description={
        <span aria-live="polite">
          {name === kinds(run.kind) || isCareKind(run.kind)
            ? run.sourceAddress
            : `${kinds(run.kind)} · ${run.sourceAddress ?? ''}`}
          {run.reason !== null && run.reason !== run.state && (
            <span className="block text-ink">{remark(run.remark, run.reason)}</span>
          )}
        </span>
      }
      actions={isFinal(run.state) ? <AfterwardsActions run={run} /> : <CancelAction run={run} />}
    />
  );
}

function CancelAction({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.page');
  const may = useMay('run-tasks');
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState(false);
  if (!may) return null;
  const body =
    run.kind === 'backup' ? 'cancelBackup' : run.kind === 'restore' ? 'cancelRestore' : 'cancelOther';
  return (
    <>
      <Button icon={OctagonX} busy={asked} onClick={() => setAsking(true)}>
        {asked ? t('cancelAsked') : t('cancel')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('cancelTitle')}
        body={t(body)}
        confirmLabel={t('cancelConfirm')}
        keepLabel={t('cancelKeep')}
        onConfirm={async () => {
          await apiSend('POST', `/runs/${run.id}/cancel`, undefined, nothing);
          setAsked(true);
        }}
      />
    </>
  );
}

function AfterwardsActions({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.page');
  const tasks = useTranslations('tasks');
  const problemText = useProblemText();
  const router = useRouter();
  const mayRun = useMay('run-tasks');
  const again = useMutation({
    mutationFn: (taskId: string) => apiSend('POST', `/tasks/${taskId}/runs`, undefined, startRunAnswer),
    onSuccess: ({ runId }) => router.push(`/runs/${runId}`),
    onError: (error) => toast.failed(tasks('runFailed'), problemText(error)),
  });
  const { taskId, snapshotId, sourceAddress, kind } = run;
  return (
    <>
      {taskId !== null && kind === 'backup' && mayRun && (
        <Button icon={RotateCw} busy={again.isPending} onClick={() => again.mutate(taskId)}>
          {t('again')}
        </Button>
      )}
      {kind === 'backup' && snapshotId !== null && (
        <ButtonLink
          tone="primary"
          icon={Archive}
          href={`/snapshots?${new URLSearchParams({ server: sourceAddress ?? '', snapshot: snapshotId }).toString()}`}
        >
          {t('openSnapshot')}
        </ButtonLink>
      )}
    </>
  );
}
