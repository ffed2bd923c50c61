'use client';

import { joinTokenAnswer } from '@breakwater/contract/enrolment';
import { nodeName } from '@breakwater/contract/ids';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { apiSend } from '../api/client.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { Button } from '../primitives/button.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { nodeEnrolLine } from '../servers/enrol-line.ts';
import { type Arrival, WaitForMachine } from '../servers/wait-for-machine.tsx';

const publicUrl = z.url({ protocol: /^https?$/ });

interface Invitation {
  name: string;
  url: string;
  token: string;
  expiresAt: string;
}

/** Adds a storage node: its name and address, the line to paste there, then live until it is connected. */
export function AddNodeDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('nodes.add');
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={t('title')} wide>
      <AddNode close={() => props.onOpenChange(false)} />
    </Dialog>
  );
}

function AddNode({ close }: { close: () => void }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  return invitation === null ? (
    <AskNode onInvited={setInvitation} close={close} />
  ) : (
    <AwaitNode invitation={invitation} close={close} />
  );
}

function AskNode({ onInvited, close }: { onInvited: (invitation: Invitation) => void; close: () => void }) {
  const t = useTranslations('nodes.add');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const { data: nodes } = useQuery(storageNodesQuery);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const goodName = nodeName.safeParse(name.trim());
  const goodUrl = publicUrl.safeParse(url.trim());
  const taken = nodes?.some((node) => node.name === name.trim()) === true;

  async function invite() {
    setTried(true);
    if (!goodName.success || !goodUrl.success || taken) return;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await apiSend('POST', '/join-tokens', { kind: 'storage-node' }, joinTokenAnswer);
      onInvited({ name: goodName.data, url: goodUrl.data.replace(/\/$/, ''), ...answer });
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void invite();
      }}
    >
      <Field
        label={t('name')}
        hint={t('nameHint')}
        error={taken ? t('taken') : tried && !goodName.success ? t('nameInvalid') : undefined}
      >
        <Input
          mono
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          placeholder="node-d"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field
        label={t('url')}
        hint={t('urlHint')}
        error={tried && !goodUrl.success ? t('urlInvalid') : undefined}
      >
        <Input
          mono
          spellCheck={false}
          inputMode="url"
          placeholder="https://node-d.example:3101"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      </Field>
      {problem !== null && (
        <p role="alert" className="text-bad">
          {text(problem)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>{common('cancel')}</Button>
        <Button type="submit" tone="primary" busy={busy}>
          {t('next')}
        </Button>
      </div>
    </form>
  );
}

function AwaitNode({ invitation, close }: { invitation: Invitation; close: () => void }) {
  const t = useTranslations('nodes.add');
  const common = useTranslations('common.action');
  const { data: nodes } = useQuery(storageNodesQuery);
  const { name, url, token, expiresAt } = invitation;
  const node = nodes?.find((candidate) => candidate.name === name);
  const arrival: Arrival = node === undefined ? 'waiting' : node.online ? 'online' : 'enrolled';
  return (
    <>
      <WaitForMachine
        intro={t('paste')}
        line={nodeEnrolLine({ origin: window.location.origin, token, name, publicUrl: url })}
        expiresAt={expiresAt}
        name={name}
        arrival={arrival}
      />
      <div className="mt-4 flex justify-end">
        <Button tone={arrival === 'online' ? 'primary' : 'plain'} onClick={close}>
          {common(arrival === 'online' ? 'done' : 'close')}
        </Button>
      </div>
    </>
  );
}
