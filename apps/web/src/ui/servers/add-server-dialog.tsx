'use client';

import { joinTokenAnswer } from '@breakwater/contract/enrolment';
import { sourceAddress } from '@breakwater/contract/ids';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { fieldError } from '../api/api-problem.ts';
import { apiSend } from '../api/client.ts';
import { agentsQuery } from '../api/queries/agents.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { Checkbox } from '../primitives/checkbox.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { agentEnrolLine } from './enrol-line.ts';
import { type Arrival, WaitForMachine } from './wait-for-machine.tsx';

interface Invitation {
  address: string;
  maintenance: boolean;
  token: string;
  expiresAt: string;
}

/** Adds a server: its address, the one line to paste there, then live until its agent is connected. */
export function AddServerDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('servers.add');
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={t('title')} wide>
      <AddServer close={() => props.onOpenChange(false)} />
    </Dialog>
  );
}

function AddServer({ close }: { close: () => void }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  return invitation === null ? (
    <AskAddress onInvited={setInvitation} close={close} />
  ) : (
    <AwaitAgent invitation={invitation} close={close} />
  );
}

function AskAddress({
  onInvited,
  close,
}: {
  onInvited: (invitation: Invitation) => void;
  close: () => void;
}) {
  const t = useTranslations('servers.add');
  const common = useTranslations('common.action');
  const text = useProblemText();
  const { data: agents } = useQuery(agentsQuery);
  const [typed, setTyped] = useState('');
  const [maintenance, setMaintenance] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);

  const parsed = sourceAddress.safeParse(typed);
  const taken = parsed.success && agents?.some((agent) => agent.address === parsed.data) === true;
  const error = taken
    ? t('taken')
    : tried && !parsed.success
      ? t('addressInvalid')
      : fieldError(problem, 'address');

  async function invite() {
    setTried(true);
    if (!parsed.success || taken) return;
    setBusy(true);
    setProblem(null);
    try {
      const body = { kind: maintenance ? 'maintenance' : 'agent', address: parsed.data };
      const answer = await apiSend('POST', '/join-tokens', body, joinTokenAnswer);
      onInvited({ address: parsed.data, maintenance, ...answer });
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
      <Field label={t('address')} hint={t('addressHint')} error={error}>
        <Input
          mono
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          placeholder="web-3.example"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Field>
      <Checkbox checked={maintenance} onChange={setMaintenance} hint={t('maintenanceHint')}>
        {t('maintenance')}
      </Checkbox>
      {problem !== null && fieldError(problem, 'address') === undefined && (
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

function AwaitAgent({ invitation, close }: { invitation: Invitation; close: () => void }) {
  const t = useTranslations('servers.add');
  const common = useTranslations('common.action');
  const { data: agents } = useQuery(agentsQuery);
  const { address, maintenance, token, expiresAt } = invitation;
  const agent = agents?.find((candidate) => candidate.address === address);
  const arrival: Arrival =
    agent === undefined ? 'waiting' : agent.state === 'offline' ? 'enrolled' : 'online';
  const line = agentEnrolLine({ origin: window.location.origin, token, address, maintenance });
  return (
    <>
      <WaitForMachine
        intro={t.rich('paste', { server: () => <strong className="text-ink">{address}</strong> })}
        line={line}
        expiresAt={expiresAt}
        name={address}
        arrival={arrival}
      />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={close}>{common(arrival === 'online' ? 'done' : 'close')}</Button>
        {arrival === 'online' && !maintenance && (
          <ButtonLink tone="primary" href={`/tasks/new?server=${encodeURIComponent(address)}`}>
            {t('firstTask')}
          </ButtonLink>
        )}
      </div>
    </>
  );
}
