'use client';

import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useNow } from '../live/use-now.ts';
import { CodeLine } from '../primitives/code-line.tsx';
import { Spinner } from '../primitives/spinner.tsx';
import { worksOnlyHere } from './enrol-line.ts';

export type Arrival = 'waiting' | 'enrolled' | 'online';

/** The line to paste, and what has become of it: shown live while the machine enrols and connects. */
export function WaitForMachine(props: {
  intro: ReactNode;
  line: string;
  expiresAt: string;
  name: string;
  arrival: Arrival;
}) {
  const t = useTranslations('servers.wait');
  const format = useFormat();
  const now = useNow(1000);
  const left = (new Date(props.expiresAt).getTime() - now) / 1000;
  return (
    <div className="flex flex-col gap-3">
      <div className="text-ink-muted">{props.intro}</div>
      {worksOnlyHere(window.location.origin) && (
        <p className="flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0">
            {t.rich('onlyHere', {
              host: () => <code>{window.location.host}</code>,
              command: () => <code className="whitespace-nowrap">HOST=0.0.0.0 npm start</code>,
            })}
          </span>
        </p>
      )}
      <CodeLine text={props.line} />
      <p role="status" className="flex min-h-6 items-center gap-2 font-medium">
        {props.arrival === 'online' ? (
          <>
            <CircleCheck aria-hidden className="size-5 text-ok" />
            {t('online', { name: props.name })}
          </>
        ) : (
          <>
            <Spinner className="text-run" />
            {props.arrival === 'enrolled'
              ? t('enrolled', { name: props.name })
              : t('waiting', { name: props.name })}
          </>
        )}
      </p>
      {props.arrival === 'waiting' && (
        <p className="text-sm text-ink-muted">
          {left > 0 ? t('expires', { duration: format.duration(Math.round(left)) }) : t('expired')}
        </p>
      )}
    </div>
  );
}
