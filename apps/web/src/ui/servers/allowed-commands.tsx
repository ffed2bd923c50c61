'use client';

import type { Agent } from '@breakwater/contract/resources';
import { useTranslations } from 'use-intl';
import { Badge } from '../primitives/badge.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';

/** What the server's own list of commands allows, as its agent last told. Nothing where it has no list. */
export function AllowedCommands({ agent }: { agent: Agent }) {
  const t = useTranslations('commands.server');
  const kinds = useTranslations('commands.kind');
  if (agent.commands === null) return null;
  const { sources, hooks, problem, reportedAt } = agent.commands;
  if (sources.length + hooks.length === 0 && problem === null) return null;
  const rows = [
    ...sources.map((one) => ({ ...one, key: `source:${one.name}`, word: kinds(one.kind) })),
    ...hooks.map((one) => ({ ...one, key: `hook:${one.name}`, word: t('hook') })),
  ];
  return (
    <Panel title={t('title')} flush>
      {problem !== null && <p className="px-4 py-3 text-sm break-words text-warn">{problem}</p>}
      {rows.length > 0 && (
        <ul className="divide-y divide-line" aria-label={t('title')}>
          {rows.map((one) => (
            <li key={one.key} className="px-4 py-2">
              <p className="flex flex-wrap items-center gap-x-2">
                <code className="break-all">{one.name}</code>
                <Badge>{one.word}</Badge>
              </p>
              {one.description !== null && (
                <p className="text-sm break-words text-ink-muted">{one.description}</p>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="border-t border-line px-4 py-2 text-sm text-ink-faint">
        {t('told')} <RelativeTime at={reportedAt} />
      </p>
    </Panel>
  );
}
