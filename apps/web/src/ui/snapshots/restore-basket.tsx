'use client';

import type { Agent, Snapshot } from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArchiveRestore, CircleAlert, Download, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { agentsQuery } from '../api/queries/agents.ts';
import { nameOf, parentOf, visibleName } from '../file-tree/paths.ts';
import type { FolderContents, FolderQuery } from '../file-tree/use-folders.ts';
import { Button } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Select } from '../primitives/select.tsx';
import { EMPTY_BASKET, type KeptBasket } from './kept-basket.ts';
import { freshFolder, planRestore } from './restore-plan.ts';
import { downloadHref } from './snapshot-files.ts';

type ChangeBasket = (change: (old: KeptBasket) => Partial<KeptBasket>) => void;

/** What the way to the basket leads to. */
export const BASKET_ID = 'restore-basket';

/** What is to be restored, and where to. */
export function RestoreBasket(props: {
  snapshot: Snapshot;
  basket: KeptBasket;
  change: ChangeBasket;
  folderQuery: (path: string) => FolderQuery;
}) {
  const { snapshot, basket, change } = props;
  const t = useTranslations('snapshots.basket');
  return (
    <Panel
      flush
      id={BASKET_ID}
      tabIndex={-1}
      title={t('title')}
      className="scroll-mt-16 outline-none xl:sticky xl:top-17"
      actions={
        basket.paths.length > 0 && (
          <Button size="sm" tone="quiet" onClick={() => change(() => EMPTY_BASKET)}>
            {t('clear')}
          </Button>
        )
      }
    >
      {basket.paths.length === 0 ? (
        <p className="p-4 text-ink-muted">{t('nothing')}</p>
      ) : (
        <>
          <Chosen {...props} />
          <RestoreForm snapshot={snapshot} basket={basket} change={change} />
        </>
      )}
    </Panel>
  );
}

function Chosen(props: Parameters<typeof RestoreBasket>[0]) {
  const { snapshot, change, folderQuery } = props;
  const { paths } = props.basket;
  const t = useTranslations('snapshots.basket');
  const client = useQueryClient();
  const isFile = (path: string) => {
    const folder = client.getQueryData<FolderContents>(folderQuery(parentOf(path) ?? '/').queryKey);
    return folder?.entries.some((entry) => entry.name === nameOf(path) && entry.type === 'file') ?? false;
  };
  return (
    <>
      <p role="status" className="px-4 pt-3 text-sm text-ink-muted">
        {t('chosen', { count: paths.length })}
      </p>
      <ul className="max-h-56 overflow-y-auto py-2" aria-label={t('chosen', { count: paths.length })}>
        {paths.map((path) => (
          <li key={path} className="flex animate-arrive items-center gap-1 pr-3 pl-4">
            <span className="min-w-0 flex-1 truncate font-mono text-sm" title={path}>
              {path === '/' ? (
                <span className="font-sans text-base">{t('everything')}</span>
              ) : (
                visibleName(path)
              )}
            </span>
            {isFile(path) && (
              <a
                href={downloadHref(snapshot.id, path)}
                download={nameOf(path)}
                title={t('download', { name: nameOf(path) })}
                aria-label={t('download', { name: nameOf(path) })}
                className="flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
              >
                <Download aria-hidden className="size-4" />
              </a>
            )}
            <button
              type="button"
              aria-label={t('remove', { path })}
              onClick={() => change((old) => ({ paths: old.paths.filter((one) => one !== path) }))}
              className="flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function RestoreForm(props: { snapshot: Snapshot; basket: KeptBasket; change: ChangeBasket }) {
  const t = useTranslations('snapshots.basket');
  const { data: agents } = useQuery(agentsQuery);
  const servers = agents?.filter((agent) => agent.role === 'source') ?? [];
  if (agents === undefined) return null;
  if (servers.length === 0) return <p className="border-t border-line p-4 text-warn">{t('noServers')}</p>;
  return <KnownServers {...props} servers={servers} />;
}

function KnownServers(props: {
  snapshot: Snapshot;
  basket: KeptBasket;
  change: ChangeBasket;
  servers: readonly Agent[];
}) {
  const { snapshot, basket, change, servers } = props;
  const t = useTranslations('snapshots.basket');
  const common = useTranslations('common.error');
  const problemText = useProblemText();
  const client = useQueryClient();
  const router = useRouter();
  const [suggestedFolder] = useState(() => freshFolder(snapshot.id, new Date()));
  const wanted = basket.address ?? snapshot.sourceAddress;
  const target = servers.find((server) => server.address === wanted);
  const address = target?.address ?? null;
  const path = basket.folder ?? suggestedFolder;
  const [tried, setTried] = useState(false);
  const plan = planRestore({ snapshotId: snapshot.id, basket: basket.paths, address, path });
  const restore = useMutation({
    mutationFn: () => {
      if (!plan.ok) throw new Error(plan.problem);
      return apiSend('POST', '/restores', plan.input, startRunAnswer);
    },
    onSuccess: ({ runId }) => {
      void client.invalidateQueries({ queryKey: ['runs'] });
      // Its folder is no fresh one any more.
      change(() => EMPTY_BASKET);
      router.push(`/runs/${runId}`);
    },
  });
  const refused = (field: string) => {
    const found =
      restore.error instanceof ApiProblem
        ? restore.error.errors.find((error) => error.field.endsWith(field))
        : undefined;
    return found === undefined ? undefined : common('expected', { expected: found.expected });
  };
  const problem = tried && !plan.ok ? plan.problem : null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (plan.ok) restore.mutate();
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 border-t border-line p-4">
      <Field
        label={t('toServer')}
        error={problem === 'no-server' ? t('problem.no-server') : refused('target.address')}
        {...(target?.state === 'offline' ? { hint: <span className="text-warn">{t('offline')}</span> } : {})}
      >
        <Select
          value={address}
          onChange={(chosen) => change(() => ({ address: chosen }))}
          options={servers.map((server) => ({
            value: server.address,
            label:
              server.address === snapshot.sourceAddress ? `${server.address} (${t('own')})` : server.address,
            hint: t(`toServerHint.${server.state}`),
          }))}
        />
      </Field>
      <Field
        label={t('path')}
        hint={t('pathHint')}
        error={problem === 'path-not-absolute' ? t('problem.path-not-absolute') : refused('target.path')}
      >
        <Input
          mono
          value={path}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            const folder = event.currentTarget.value;
            change(() => ({ folder }));
            restore.reset();
          }}
        />
      </Field>
      {(restore.error !== null || problem === 'too-many') && (
        <p role="alert" className="flex items-start gap-2 text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {problem === 'too-many'
            ? t('problem.too-many')
            : t('refused', { reason: problemText(restore.error) })}
        </p>
      )}
      <Button type="submit" tone="primary" icon={ArchiveRestore} busy={restore.isPending}>
        {t('restore')}
      </Button>
    </form>
  );
}
