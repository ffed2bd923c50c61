'use client';

import type { Overview } from '@breakwater/contract/resources';
import {
  ArchiveRestore,
  CircleAlert,
  CircleCheck,
  CircleHelp,
  CircleX,
  type LucideIcon,
  ShieldOff,
} from 'lucide-react';
import clsx from 'clsx';
import Link from 'next/link';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useMay } from '../api/use-session.ts';
import { asSentence } from '../language/as-sentence.ts';
import { useRemark } from '../language/use-remark.ts';
import { ButtonLink } from '../primitives/button.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import { toneText } from '../primitives/tone.ts';
import { Unbroken } from '../primitives/unbroken.tsx';
import { DayLegend, DayStrip } from './day-strip-view.tsx';
import {
  hasBackup,
  type OverviewServer,
  type ProtectionState,
  protectionTone,
  worstFirst,
} from './hero-sentence.ts';

const icons: Record<ProtectionState, LucideIcon> = {
  ok: CircleCheck,
  attention: CircleAlert,
  failing: CircleX,
  unprotected: ShieldOff,
  unknown: CircleHelp,
};

function ServerName({ server }: { server: OverviewServer }) {
  // A server that was released has its tasks and snapshots, but no page of its own any more.
  const href =
    server.agentId === null
      ? `/snapshots?server=${encodeURIComponent(server.address)}`
      : `/servers/${server.agentId}`;
  return (
    <Link href={href} className="font-semibold hover:text-accent">
      {server.address}
    </Link>
  );
}

function ServerRow({ server }: { server: OverviewServer }) {
  const t = useTranslations('overview');
  const remark = useRemark();
  const mayRestore = useMay('restore');
  const offline = server.agentState === 'offline' || server.agentState === 'none';
  const Icon = icons[server.state];
  const tone = toneText[protectionTone[server.state]];
  const reason = server.tasks === 0 ? t('row.noTask') : remark(server.remark, server.reason);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2 border-b border-line px-4 py-3 last:border-b-0 @3xl:grid-cols-[minmax(0,1fr)_9rem_15rem_7rem]">
      <div className="flex min-w-0 items-start gap-3">
        <Icon aria-hidden className={clsx('mt-0.5 size-4 shrink-0', tone)} />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-2">
            <ServerName server={server} />
            {offline && <span className="text-sm text-ink-faint">{t(`agent.${server.agentState}`)}</span>}
          </div>
          <p className="text-sm text-pretty text-ink-muted">
            <span className={clsx('font-medium', tone)}>{t(`protection.${server.state}`)}</span>
            {reason !== null && (
              <>
                {' · '}
                <Unbroken text={asSentence(reason)} />
              </>
            )}
          </p>
        </div>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-2 text-sm @max-3xl:col-span-2 @max-3xl:row-start-2 @max-3xl:flex @max-3xl:flex-wrap">
        <dt className="text-ink-faint">{t('row.last')}</dt>
        <dd className="@max-3xl:mr-4">
          <RelativeTime at={server.lastSuccessAt} never={t('row.never')} />
        </dd>
        <dt className="text-ink-faint">{t('row.next')}</dt>
        <dd>
          <RelativeTime at={server.nextRunAt} never={t('row.unplanned')} />
        </dd>
      </dl>
      <div className="@max-3xl:col-span-2 @max-3xl:row-start-3">
        <DayStrip address={server.address} days={server.days} />
      </div>
      <div className="flex justify-end @max-3xl:col-start-2 @max-3xl:row-start-1">
        {mayRestore && hasBackup(server) ? (
          <ButtonLink
            size="sm"
            icon={ArchiveRestore}
            href={`/snapshots?server=${encodeURIComponent(server.address)}`}
            aria-label={t('row.restoreOf', { server: server.address })}
          >
            {t('row.restore')}
          </ButtonLink>
        ) : (
          server.tasks === 0 && (
            <ButtonLink size="sm" href={`/tasks/new?server=${encodeURIComponent(server.address)}`}>
              {t('row.addTask')}
            </ButtonLink>
          )
        )}
      </div>
    </li>
  );
}

/** One row a server, worst first. */
export function ServerRows({ servers }: { servers: Overview['servers'] }) {
  const t = useTranslations('overview');
  const rows = useMemo(() => worstFirst(servers), [servers]);
  return (
    <Panel title={t('servers')} actions={<DayLegend />} flush>
      <ul className="@container">
        {rows.map((server) => (
          <ServerRow key={server.address} server={server} />
        ))}
      </ul>
    </Panel>
  );
}
