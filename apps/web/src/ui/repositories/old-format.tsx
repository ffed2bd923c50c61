'use client';

import type { Repository } from '@breakwater/contract/resources';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CodeLine } from '../primitives/code-line.tsx';
import { Panel } from '../primitives/panel.tsx';

/** Format version 1 is read and restored from, but not written: says so, and how to make it version 2. */
export function OldFormat({ repository }: { repository: Repository }) {
  const t = useTranslations('repositories.oldFormat');
  const [copy] = repository.copies;
  return (
    <Panel title={t('title')}>
      <p className="mb-3 flex items-start gap-2">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <span>{t('body', { node: copy?.nodeName ?? '—' })}</span>
      </p>
      <CodeLine text={`restic -r FOLDER/${repository.id} migrate upgrade_repo_v2`} />
    </Panel>
  );
}
