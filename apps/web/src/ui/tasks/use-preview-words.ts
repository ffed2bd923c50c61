'use client';

import { useQuery } from '@tanstack/react-query';
import type { Agent } from '@breakwater/contract/resources';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useProblemText } from '../primitives/problem-text.ts';
import { previewQuery } from './source-files.ts';
import { useSettled } from './use-settled.ts';

export type PreviewWords =
  | { state: 'none' | 'offline' | 'counting' | 'failed'; text: string }
  | { state: 'counted'; text: string; unreadable: string | null };

/** How much the ticked files are, counted on the server itself a moment after the last change. */
export function usePreviewWords(
  agent: Agent | null,
  paths: readonly string[],
  excludes: readonly string[],
): PreviewWords {
  const t = useTranslations('tasks.preview');
  const format = useFormat();
  const problemText = useProblemText();
  const { settled, waiting } = useSettled({ paths, excludes }, 500);
  const online = agent !== null && agent.state !== 'offline';
  const { data, error } = useQuery({
    ...previewQuery(agent?.id ?? '', settled.paths, settled.excludes),
    enabled: online && settled.paths.length > 0,
  });

  if (paths.length === 0) return { state: 'none', text: t('none') };
  if (!online) return { state: 'offline', text: t('offline') };
  if (waiting) return { state: 'counting', text: t('counting') };
  if (error !== null) return { state: 'failed', text: t('failed', { reason: problemText(error) }) };
  if (data === undefined) return { state: 'counting', text: t('counting') };
  const { files, dirs, unreadable } = data;
  const size = format.bytes(data.bytes);
  return {
    state: 'counted',
    text: t(data.complete ? 'result' : 'atLeast', { files, dirs, size }),
    unreadable: unreadable > 0 ? t('unreadable', { count: unreadable }) : null,
  };
}
