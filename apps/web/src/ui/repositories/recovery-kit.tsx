'use client';

import {
  type RecoveryKit as Kit,
  type Repository,
  recoveryKit,
  repository as repositorySchema,
} from '@breakwater/contract/resources';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, Download, Eye, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiGet, apiSend } from '../api/client.ts';
import { Button } from '../primitives/button.tsx';
import { CodeLine } from '../primitives/code-line.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { saveFile } from './save-file.ts';

/** The password, where the copies are and the commands of stock restic: to be kept away from this machine. */
export function RecoveryKit({ repository, server }: { repository: Repository; server: string }) {
  const t = useTranslations('servers.kit');
  const text = useProblemText();
  const client = useQueryClient();
  const [shown, setShown] = useState<Kit | null>(null);
  const [confirming, setConfirming] = useState(false);
  const path = `/repositories/${encodeURIComponent(repository.id)}`;

  // The kit holds a password: it is fetched when asked for, and not kept in the cache.
  const fetchKit = () => apiGet(`${path}/recovery-kit`, recoveryKit);
  const show = useMutation({ mutationFn: fetchKit, onSuccess: setShown });
  const download = useMutation({
    mutationFn: fetchKit,
    onSuccess: (kit) =>
      saveFile(
        `recovery-kit-${server}-${repository.id.slice(0, 8)}.json`,
        `${JSON.stringify(kit, null, 2)}\n`,
      ),
  });
  const problem = show.error ?? download.error;

  return (
    <Panel title={t('title')} description={t('description')}>
      <p className="mb-4 flex items-start gap-2">
        {repository.kitConfirmedAt === null ? (
          <>
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span className="font-medium text-warn">{t('notConfirmed')}</span>
          </>
        ) : (
          <>
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
            <span>
              {t('confirmed')} <RelativeTime at={repository.kitConfirmedAt} className="text-ink-muted" />
            </span>
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button icon={Download} busy={download.isPending} onClick={() => download.mutate()}>
          {t('download')}
        </Button>
        {shown === null ? (
          <Button icon={Eye} busy={show.isPending} onClick={() => show.mutate()}>
            {t('show')}
          </Button>
        ) : (
          <Button onClick={() => setShown(null)}>{t('hide')}</Button>
        )}
        {repository.kitConfirmedAt === null && (
          <Button tone="primary" onClick={() => setConfirming(true)}>
            {t('confirm')}
          </Button>
        )}
      </div>
      {problem !== null && (
        <p role="alert" className="mt-3 text-bad">
          {text(problem)}
        </p>
      )}
      {shown !== null && <KitContents kit={shown} />}
      <ConfirmDialog
        open={confirming}
        onOpenChange={setConfirming}
        tone="primary"
        title={t('ask')}
        body={t('askBody')}
        confirmLabel={t('confirm')}
        onConfirm={async () => {
          const confirmed = await apiSend(
            'POST',
            `${path}/recovery-kit/confirmation`,
            undefined,
            repositorySchema,
          );
          client.setQueryData(['repositories', 'one', repository.id], confirmed);
          await client.invalidateQueries({ queryKey: ['overview'] });
        }}
      />
    </Panel>
  );
}

function KitContents({ kit }: { kit: Kit }) {
  const t = useTranslations('servers.kit');
  return (
    <div className="mt-5 grid gap-4 border-t border-line pt-4">
      <div>
        <h3 className="mb-1 text-sm font-medium">{t('password')}</h3>
        <CodeLine text={kit.password} />
      </div>
      <div>
        <h3 className="mb-1 text-sm font-medium">{t('copies')}</h3>
        <ul className="grid gap-1">
          {kit.copies.map((copy) => (
            <li key={copy.node}>
              <span className="font-medium">{copy.node}</span>{' '}
              <code className="break-all text-ink-muted">{copy.path ?? copy.url}</code>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3 className="mb-1 text-sm font-medium">{t('commands')}</h3>
        <div className="grid gap-2">
          {kit.commands.map((command) => (
            <CodeLine key={command} text={command} />
          ))}
        </div>
      </div>
    </div>
  );
}
