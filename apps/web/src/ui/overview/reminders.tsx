'use client';

import type { Overview } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { useSession } from '../api/use-session.ts';
import { Button, ButtonLink } from '../primitives/button.tsx';

type Reminder = Overview['reminders'][number];
const SHOWN = 3;

/** What keeps the Overview amber until it is done, each with the way to do it. */
export function Reminders({ reminders }: { reminders: readonly Reminder[] }) {
  const t = useTranslations('overview.reminders');
  const [all, setAll] = useState(false);
  if (reminders.length === 0) return null;
  const shown = all ? reminders : reminders.slice(0, SHOWN);
  return (
    <section aria-label={t('label')} className="mb-4 rounded-lg border border-warn-solid/50 bg-warn-soft">
      <ul className="divide-y divide-warn-solid/20">
        {shown.map((reminder) => (
          <ReminderRow key={`${reminder.kind} ${reminder.subjectId ?? ''}`} reminder={reminder} />
        ))}
      </ul>
      {reminders.length > SHOWN && (
        <Button
          tone="quiet"
          size="sm"
          className="m-1 text-warn"
          onClick={() => setAll(!all)}
          aria-expanded={all}
        >
          {all ? t('less') : t('more', { count: String(reminders.length - SHOWN) })}
        </Button>
      )}
    </section>
  );
}

function ReminderRow({ reminder }: { reminder: Reminder }) {
  const t = useTranslations('overview.reminders');
  const admin = useSession().role === 'admin';
  const { data: agents } = useQuery({ ...agentsQuery, enabled: reminder.kind === 'recovery-kit' });
  const owner = agents?.find((agent) => agent.repositoryId === reminder.subjectId);
  const href = ((): string | null => {
    switch (reminder.kind) {
      case 'recovery-kit':
        return admin && owner !== undefined ? `/servers/${owner.id}?tab=repository` : null;
      case 'master-key':
        return admin ? '/settings/keys' : null;
      case 'admin-password':
        return '/change-password';
      case 'insecure-http':
        return null;
    }
  })();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {reminder.kind === 'recovery-kit'
            ? owner === undefined
              ? t('recovery-kit')
              : t('recoveryKitOf', { server: owner.address })
            : t(reminder.kind)}
        </p>
        <p className="text-sm text-ink-muted">
          {reminder.kind === 'insecure-http' ? reminder.message : t(`why.${reminder.kind}`)}
        </p>
      </div>
      {href !== null && reminder.kind !== 'insecure-http' && (
        <ButtonLink href={href} size="sm">
          {t(`do.${reminder.kind}`)}
        </ButtonLink>
      )}
    </li>
  );
}
