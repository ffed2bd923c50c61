'use client';

import { withSense } from '@breakwater/contract/remark';
import type { RunDetail } from '@breakwater/contract/run';
import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { Panel } from '../primitives/panel.tsx';

/** Everything that was logged, folded away. Nothing where nothing was. */
export function RunLog({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.log');
  const say = useRemark();
  const format = useFormat();
  if (run.log.length === 0) return null;
  return (
    <Panel flush>
      <details className="group">
        <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-lg px-4 font-semibold -outline-offset-2">
          <ChevronRight
            aria-hidden
            className="size-4 text-ink-faint transition-transform group-open:rotate-90"
          />
          {t('title')}
          <span className="text-sm font-normal text-ink-faint">{t('lines', { count: run.log.length })}</span>
        </summary>
        <ol
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
          tabIndex={0}
          className="max-h-96 overflow-auto border-t border-line px-4 py-2 font-mono text-xs"
        >
          {run.log.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end.
            <li key={index} className="flex gap-3 py-0.5">
              <time dateTime={line.at} title={format.exactTime(line.at)} className="shrink-0 text-ink-faint">
                {format.time(line.at)}
              </time>
              <span
                className={clsx(
                  'min-w-0 break-words',
                  line.level === 'error' && 'text-bad',
                  line.level === 'warn' && 'text-warn',
                )}
              >
                {line.level !== 'info' && `${t(`level.${line.level}`)}: `}
                {say(withSense(line.message, line.sense), line.message)}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </Panel>
  );
}
