'use client';

import { joinTokenAnswer, type joinTokenInput } from '@breakwater/contract/enrolment';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { apiSend } from '../api/client.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import type { EnrolLine } from './enrol-line.ts';
import { type Arrival, WaitForMachine } from './wait-for-machine.tsx';

/** A machine that is to be let in, as its fields say. */
export interface NewMachine {
  name: string;
  join: z.input<typeof joinTokenInput>;
  intro: ReactNode;
  line: (link: EnrolLine) => string;
  /** Where to go on once it is there. */
  next?: { label: string; href: string };
}

interface Invited {
  machine: NewMachine;
  token: string;
  expiresAt: string;
}

/**
 * The two steps that let a machine in, a server or a node: what it is called, then the one line to paste there, with
 * what becomes of it, live. `machine` is null while the fields are not right.
 */
export function EnrolMachine(props: {
  machine: NewMachine | null;
  submitLabel: string;
  /** `tried`: from now on a field that is wrong says so. `problem`: what the server refused. */
  fields: (state: { tried: boolean; problem: unknown }) => ReactNode;
  /** Whether `fields` shows this refusal at the field that it is about. */
  showsProblem?: (problem: unknown) => boolean;
  arrivalOf: (name: string) => Arrival;
  close: () => void;
}) {
  const [invited, setInvited] = useState<Invited | null>(null);
  return invited === null ? (
    <Ask {...props} onInvited={setInvited} />
  ) : (
    <Await invited={invited} arrival={props.arrivalOf(invited.machine.name)} close={props.close} />
  );
}

function Ask(props: Parameters<typeof EnrolMachine>[0] & { onInvited: (invited: Invited) => void }) {
  const { machine, onInvited } = props;
  const common = useTranslations('common.action');
  const text = useProblemText();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  async function invite() {
    setTried(true);
    if (machine === null) return;
    setBusy(true);
    setProblem(null);
    try {
      onInvited({ machine, ...(await apiSend('POST', '/join-tokens', machine.join, joinTokenAnswer)) });
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
      {props.fields({ tried, problem })}
      {problem !== null && props.showsProblem?.(problem) !== true && (
        <p role="alert" className="text-bad">
          {text(problem)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={props.close}>{common('cancel')}</Button>
        <Button type="submit" tone="primary" busy={busy}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}

function Await({ invited, arrival, close }: { invited: Invited; arrival: Arrival; close: () => void }) {
  const common = useTranslations('common.action');
  const { machine, token, expiresAt } = invited;
  const there = arrival === 'online';
  const next = there ? machine.next : undefined;
  return (
    <>
      <WaitForMachine
        intro={machine.intro}
        line={machine.line({ origin: window.location.origin, token })}
        expiresAt={expiresAt}
        name={machine.name}
        arrival={arrival}
      />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button tone={there && next === undefined ? 'primary' : 'plain'} onClick={close}>
          {common(there ? 'done' : 'close')}
        </Button>
        {next !== undefined && (
          <ButtonLink tone="primary" href={next.href}>
            {next.label}
          </ButtonLink>
        )}
      </div>
    </>
  );
}
