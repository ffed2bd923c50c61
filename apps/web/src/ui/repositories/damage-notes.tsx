'use client';

import type { Repository } from '@breakwater/contract/resources';
import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { damageStep } from './copy-care.ts';

/** What checks have found damaged on copies, and what becomes of it. Nothing where all is well. */
export function DamageNotes({ copies }: Pick<Repository, 'copies'>) {
  const t = useTranslations('repositories.damage');
  const damaged = copies.flatMap(({ nodeId, nodeName, care }) =>
    care.damage === null ? [] : [{ nodeId, nodeName, damage: care.damage, step: damageStep(care) }],
  );
  if (damaged.length === 0) return null;
  return (
    <ul aria-label={t('label')} className="grid gap-3 border-b border-line p-4">
      {damaged.map(({ nodeId, nodeName, damage, step }) => (
        <li key={nodeId} className="flex items-start gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
          <span className="min-w-0">
            <span className="text-bad">
              {t('found', { node: nodeName, packs: damage.packs, errors: damage.errors })}
            </span>{' '}
            <span className="text-ink-muted">{t(step)}</span>{' '}
            <Link className="whitespace-nowrap text-accent hover:underline" href={`/runs/${damage.runId}`}>
              {t('check')} <RelativeTime at={damage.foundAt} />
            </Link>
          </span>
        </li>
      ))}
    </ul>
  );
}
