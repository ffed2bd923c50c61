'use client';

import { Popover } from '@base-ui/react/popover';
import type { Run } from '@breakwater/contract/run';
import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { activeRunsQuery } from '../api/queries/runs.ts';
import { buttonClass } from '../primitives/button.tsx';
import { floatingListClass } from '../primitives/menu.tsx';
import { ProgressBar } from '../primitives/progress-bar.tsx';
import { RunRow } from './run-row.tsx';
import { runShare } from './run-share.ts';

/** All running runs together, 0…1; null when one of them does not know its size yet. */
function shareOfAll(runs: readonly Run[]): number | null {
  const shares = runs.map(runShare);
  if (shares.length === 0 || shares.some((share) => share === null)) return null;
  return shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) / shares.length;
}

const NONE: readonly Run[] = [];

/** What runs now: how many, how far, and a click away each of them. */
export function RunningNow() {
  const t = useTranslations('shell.running');
  const [open, setOpen] = useState(false);
  const { data } = useQuery(activeRunsQuery);
  const active = data ?? NONE;
  const running = active.filter((run) => run.state === 'running');
  const shown = running.length > 0 ? running.length : active.length;

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={clsx(buttonClass('quiet', 'md', false), 'min-w-28 max-sm:min-w-0')}>
        {running.length > 0 && (
          <LoaderCircle aria-hidden className="size-4 animate-spin text-run [animation-duration:2s]" />
        )}
        <span className="flex flex-col items-stretch gap-0.5">
          <span aria-live="polite" className={clsx('text-sm', shown > 0 && 'text-ink')}>
            {data === undefined
              ? ''
              : running.length > 0
                ? t('count', { count: running.length })
                : active.length > 0
                  ? t('waiting', { count: active.length })
                  : t('none')}
          </span>
          {running.length > 0 && <ProgressBar size="sm" value={shareOfAll(running)} label={t('label')} />}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" collisionPadding={8} className="z-60">
          <Popover.Popup className={clsx(floatingListClass, 'w-[min(24rem,calc(100vw-1rem))]')}>
            <Popover.Title className="px-2 py-1.5 font-semibold">{t('label')}</Popover.Title>
            {active.length === 0 ? (
              <p className="px-2 pb-2 text-ink-muted">{t('nothing')}</p>
            ) : (
              <ul className="max-h-96 overflow-y-auto">
                {active.map((run) => (
                  <li key={run.id}>
                    <RunRow run={run} onOpen={() => setOpen(false)} />
                  </li>
                ))}
              </ul>
            )}
            <Link
              href="/runs"
              onClick={() => setOpen(false)}
              className="mt-1 block rounded-sm border-t border-line px-2 py-2 text-accent hover:underline"
            >
              {t('all')}
            </Link>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
