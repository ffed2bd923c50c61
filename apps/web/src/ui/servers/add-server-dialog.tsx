'use client';

import { sourceAddress } from '@breakwater/contract/ids';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { fieldError } from '../api/api-problem.ts';
import { agentsQuery } from '../api/queries/agents.ts';
import { Checkbox } from '../primitives/checkbox.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { agentEnrolLine } from './enrol-line.ts';
import { EnrolMachine, type NewMachine } from './enrol-machine.tsx';

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
  const t = useTranslations('servers.add');
  const { data: agents } = useQuery(agentsQuery);
  const [typed, setTyped] = useState('');
  const [maintenance, setMaintenance] = useState(false);

  const agentOf = (address: string) => agents?.find((agent) => agent.address === address);
  const parsed = sourceAddress.safeParse(typed);
  const taken = parsed.success && agentOf(parsed.data) !== undefined;
  const machineAt = (address: string): NewMachine => ({
    name: address,
    join: { kind: maintenance ? 'maintenance' : 'agent', address },
    intro: t.rich('paste', { server: () => <strong className="text-ink">{address}</strong> }),
    line: (link) => agentEnrolLine({ ...link, address, maintenance }),
    ...(maintenance
      ? {}
      : { next: { label: t('firstTask'), href: `/tasks/new?server=${encodeURIComponent(address)}` } }),
  });

  return (
    <EnrolMachine
      close={close}
      submitLabel={t('next')}
      machine={parsed.success && !taken ? machineAt(parsed.data) : null}
      showsProblem={(problem) => fieldError(problem, 'address') !== undefined}
      arrivalOf={(address) => {
        const agent = agentOf(address);
        if (agent === undefined) return 'waiting';
        return agent.state === 'offline' ? 'enrolled' : 'online';
      }}
      fields={({ tried, problem }) => (
        <>
          <Field
            label={t('address')}
            hint={t('addressHint')}
            error={
              taken
                ? t('taken')
                : tried && !parsed.success
                  ? t('addressInvalid')
                  : fieldError(problem, 'address')
            }
          >
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
        </>
      )}
    />
  );
}
