'use client';

import { adoptionAnswer, type AdoptionInput } from '@breakwater/contract/adoption';
import type { StorageNode } from '@breakwater/contract/resources';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem, fieldError } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { agentsQuery } from '../api/queries/agents.ts';
import { nodeRepositoriesQuery, storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { Button } from '../primitives/button.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { Select } from '../primitives/select.tsx';
import { toast } from '../primitives/toast.tsx';
import { FoundRepositories } from './found-repositories.tsx';

/** A select has no value for "none": this is no server's address. */
const NO_SERVER = '-';

/** Registers a repository that lies on a storage node: which, its password, and the server it belongs to, if any. */
export function AdoptDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useTranslations('repositories.adopt');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('title')} description={t('description')} wide>
      <AdoptForm close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function useAdopt(close: () => void) {
  const t = useTranslations('repositories.adopt');
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (input: AdoptionInput) => apiSend('POST', '/repositories/adopt', input, adoptionAnswer),
    onSuccess: async ({ repository, unreadableSnapshots }) => {
      await Promise.all(
        ['repositories', 'snapshots', 'storage-nodes', 'agents'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      );
      const title = t('done', { name: repository.id, count: repository.snapshotCount });
      if (unreadableSnapshots.length === 0) toast.done(title);
      else toast.warned(title, t('unreadable', { names: unreadableSnapshots.join(', ') }));
      close();
      router.push(`/repositories/${repository.id}`);
    },
  });
}

function AdoptForm({ close }: { close: () => void }) {
  const t = useTranslations('repositories.adopt');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const { data: nodes } = useQuery(storageNodesQuery);
  const { data: agents } = useQuery(agentsQuery);
  const [wantedNode, setWantedNode] = useState<string | null>(null);
  const [repositoryId, setRepositoryId] = useState<string | null>(null);
  const [password, setPassword] = useState('');
  const [server, setServer] = useState(NO_SERVER);
  const [tried, setTried] = useState(false);
  const adopt = useAdopt(close);

  const online = nodes?.filter((node) => node.online) ?? [];
  const nodeId = wantedNode ?? (online.length === 1 ? (online[0]?.id ?? null) : null);
  const node = nodes?.find((one) => one.id === nodeId);
  const found = useQuery({ ...nodeRepositoriesQuery(nodeId ?? ''), enabled: nodeId !== null });
  const waiting = found.data?.items.filter((one) => !one.registered) ?? [];
  const chosen = repositoryId ?? (waiting.length === 1 ? (waiting[0]?.repositoryId ?? null) : null);
  const servers = agents?.filter((agent) => agent.role === 'source' && agent.repositoryId === null) ?? [];

  const change = (set: () => void) => {
    set();
    if (adopt.error !== null) adopt.reset();
  };
  const elsewhere =
    adopt.error !== null && !(adopt.error instanceof ApiProblem && adopt.error.errors.length > 0);

  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (nodeId === null || chosen === null || password === '') return;
        const sourceAddress = server === NO_SERVER ? null : server;
        adopt.mutate({ nodeId, repositoryId: chosen, password, sourceAddress });
      }}
    >
      <Field
        label={t('node')}
        error={fieldError(adopt.error, 'nodeId') ?? (tried && nodeId === null ? t('missing') : undefined)}
      >
        <Select
          value={nodeId}
          options={(nodes ?? []).map(nodeOption(t('offline')))}
          onChange={(value) =>
            change(() => {
              setWantedNode(value);
              setRepositoryId(null);
            })
          }
        />
      </Field>
      {node !== undefined && (
        <FoundRepositories
          url={node.url}
          found={found}
          chosen={chosen}
          onChoose={(value) => change(() => setRepositoryId(value))}
          error={
            fieldError(adopt.error, 'repositoryId') ?? (tried && chosen === null ? t('missing') : undefined)
          }
        />
      )}
      <Field
        label={t('password')}
        hint={t('passwordHint')}
        error={
          wrongPassword(adopt.error)
            ? t('wrongPassword')
            : tried && password === ''
              ? t('missing')
              : undefined
        }
      >
        <Input
          type="password"
          autoComplete="off"
          value={password}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change(() => setPassword(value));
          }}
        />
      </Field>
      <Field
        label={t('server')}
        optional
        hint={t('serverHint')}
        error={fieldError(adopt.error, 'sourceAddress')}
      >
        <Select
          value={server}
          options={[
            { value: NO_SERVER, label: t('noServer') },
            ...servers.map(({ address }) => ({ value: address, label: address })),
          ]}
          onChange={(value) => change(() => setServer(value))}
        />
      </Field>
      {elsewhere && (
        <p role="alert" className="text-bad">
          {text(adopt.error)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>{common('cancel')}</Button>
        <Button type="submit" tone="primary" busy={adopt.isPending}>
          {common('add')}
        </Button>
      </div>
    </form>
  );
}

const nodeOption = (offline: string) => (node: StorageNode) => ({
  value: node.id,
  label: node.name,
  ...(node.online ? {} : { hint: offline }),
});

/** What was given is not said back: a sentence of ours is clearer than what was expected. */
function wrongPassword(error: unknown): boolean {
  return fieldError(error, 'password') !== undefined;
}
