'use client';

import { useQuery } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { useSession } from '../api/use-session.ts';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { groupReminders, type Reminder, type ReminderGroup } from './group-reminders.ts';

/** Servers that are named before the rest becomes a number. */
const NAMED = 3;

/** What keeps the Overview amber until it is done, each with the way to do it. */
export function Reminders({ reminders }: { reminders: readonly Reminder[] }) {
  const t = useTranslations('overview.reminders');
  if (reminders.length === 0) return null;
  return (
    <section aria-label={t('label')} className="mb-4 rounded-lg border border-warn-solid/50 bg-warn-soft">
      <ul className="divide-y divide-warn-solid/20">
        {groupReminders(reminders).map((group) => (
          <ReminderRow key={group.kind} group={group} />
        ))}
      </ul>
    </section>
  );
}

/** The servers whose repositories these are; released ones have none any more. */
function useOwners(group: ReminderGroup) {
  const { data: agents = [] } = useQuery({ ...agentsQuery, enabled: group.kind === 'recovery-kit' });
  return agents.filter((agent) => agent.repositoryId !== null && group.subjects.includes(agent.repositoryId));
}

function ReminderRow({ group }: { group: ReminderGroup }) {
  const t = useTranslations('overview.reminders');
  const format = useFormat();
  const remark = useRemark();
  const me = useSession();
  const owners = useOwners(group);
  const { kind } = group;

  const [owner] = owners;
  const href = ((): string | null => {
    if (kind === 'admin-password') return group.subjects.includes(me.id) ? '/change-password' : null;
    if (kind === 'under-copied') {
      const [repository] = group.subjects;
      return group.subjects.length === 1 ? `/repositories/${repository}` : '/repositories';
    }
    if (me.role !== 'admin' || kind === 'insecure-http') return null;
    if (kind === 'recovery-kit' && group.subjects.length === 1 && owner !== undefined) {
      return `/servers/${owner.id}?tab=repository`;
    }
    return '/settings/keys';
  })();
  const names = owners.slice(0, NAMED).map((agent) => agent.address);
  const more = group.subjects.length - names.length;
  const title =
    kind === 'recovery-kit' && names.length > 0
      ? t('recoveryKitOf', {
          servers: format.list(more > 0 ? [...names, t('more', { count: String(more) })] : names),
          count: group.subjects.length,
        })
      : t(kind);

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-ink-muted max-sm:hidden">
          {kind === 'insecure-http' || kind === 'admin-password' || kind === 'under-copied'
            ? group.said.map((one) => remark(one.remark, one.message)).join(' · ')
            : t(`why.${kind}`, { count: group.subjects.length })}
        </p>
      </div>
      {href !== null && kind !== 'insecure-http' && (
        <ButtonLink href={href} size="sm">
          {t(`do.${kind}`, { count: group.subjects.length })}
        </ButtonLink>
      )}
    </li>
  );
}
