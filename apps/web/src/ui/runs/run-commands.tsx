'use client';

import type { RunDetail } from '@breakwater/contract/run';
import { type CommandResult, commandLabel } from '@breakwater/contract/source-commands';
import { Ban, ChevronRight, CircleCheck, CircleDashed, CircleX, Clock, type LucideIcon } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Badge } from '../primitives/badge.tsx';
import { Panel } from '../primitives/panel.tsx';
import { StatePill } from '../primitives/state-pill.tsx';
import type { Tone } from '../primitives/tone.ts';
import { SnapshotLink } from './snapshot-link.tsx';

const looks = {
  succeeded: { tone: 'ok', icon: CircleCheck, word: 'succeeded' },
  failed: { tone: 'bad', icon: CircleX, word: 'failed' },
  'timed-out': { tone: 'bad', icon: Clock, word: 'timedOut' },
  'not-allowed': { tone: 'bad', icon: Ban, word: 'notAllowed' },
  cancelled: { tone: 'idle', icon: CircleX, word: 'cancelled' },
  skipped: { tone: 'idle', icon: CircleDashed, word: 'skipped' },
} as const satisfies Record<CommandResult['outcome'], { tone: Tone; icon: LucideIcon; word: string }>;

/** How the run's commands and hooks went, as they end. Nothing where it has none. */
export function RunCommands({ run }: { run: RunDetail }) {
  const t = useTranslations('commands.run');
  if (run.commands.length === 0) return null;
  return (
    <Panel title={t('title')} flush>
      <ul className="divide-y divide-line" aria-label={t('label')} aria-live="polite">
        {run.commands.map((result, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: results are only ever added at the end.
          <Result key={at} run={run} result={result} />
        ))}
      </ul>
    </Panel>
  );
}

function Result({ run, result }: { run: RunDetail; result: CommandResult }) {
  const t = useTranslations('commands.run');
  const format = useFormat();
  const { tone, icon, word } = looks[result.outcome];
  const failed = tone === 'bad';
  const facts = [
    result.bytes === null ? null : format.bytes(result.bytes),
    result.seconds === null ? null : format.duration(result.seconds),
    result.exitCode === null || result.exitCode === 0 ? null : t('exit', { code: String(result.exitCode) }),
  ].filter((fact) => fact !== null);
  return (
    <li className="animate-arrive px-4 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="min-w-0 font-medium break-all">{commandLabel(result)}</code>
        <Badge>{t(`role.${result.role}`)}</Badge>
        <StatePill tone={tone} icon={icon} label={t(`outcome.${word}`)} quiet />
        <span className="ml-auto text-sm whitespace-nowrap text-ink-muted tabular-nums">
          {facts.join(' · ')}
        </span>
        {result.snapshotId !== null && <SnapshotLink run={run} snapshotId={result.snapshotId} />}
      </div>
      {result.message !== null && <p className="text-sm break-words text-ink-muted">{result.message}</p>}
      {result.output !== '' && (
        <details className="group mt-1" open={failed}>
          <summary className="flex cursor-pointer list-none items-center gap-1 text-sm text-ink-muted">
            <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
            {t(result.outputCut ? 'outputCut' : 'output')}
          </summary>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
            tabIndex={0}
            className="mt-1 max-h-64 overflow-auto rounded-md bg-sunken px-3 py-2 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]"
          >
            {result.output}
          </pre>
        </details>
      )}
    </li>
  );
}
