'use client';

import clsx from 'clsx';
import Link from 'next/link';
import { type ComponentType, useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useSession } from '../api/use-session.ts';
import { PageHeader } from '../primitives/page-header.tsx';
import { NotFound } from '../shell/not-found.tsx';
import { AboutSection } from './about-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { NotificationsSection } from './notifications-section.tsx';
import { pickSection, type SectionName, sectionsFor } from './sections.ts';
import { TokensSection } from './tokens-section.tsx';
import { UsersSection } from './users-section.tsx';

const contents: Record<SectionName, ComponentType> = {
  notifications: NotificationsSection,
  users: UsersSection,
  tokens: TokensSection,
  keys: KeysSection,
  about: AboutSection,
};

export function SettingsPage({ section }: { section: string | null }) {
  const t = useTranslations('settings');
  const { role } = useSession();
  const shown = pickSection(section, role);
  const here = useRef<HTMLAnchorElement>(null);
  // On a phone the parts stand in a row that scrolls: the current one must not be outside of it. In braces: newer
  // browsers answer with a promise, which React would take for the effect's clean-up.
  useEffect(() => {
    here.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  if (shown === null) return <NotFound />;
  const Content = contents[shown.name];
  return (
    <>
      <PageHeader title={t('title')} />
      <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-[12rem_minmax(0,1fr)] lg:gap-6">
        <nav aria-label={t('title')} className="flex gap-1 overflow-x-auto md:flex-col">
          {sectionsFor(role).map(({ name, icon: Icon }) => (
            <Link
              key={name}
              ref={name === shown.name ? here : null}
              href={`/settings/${name}`}
              aria-current={name === shown.name ? 'page' : undefined}
              className={clsx(
                'flex h-9 shrink-0 items-center gap-2.5 rounded-md px-2.5 font-medium -outline-offset-2 max-sm:h-11',
                name === shown.name
                  ? 'bg-selected text-accent'
                  : 'text-ink-muted hover:bg-hover hover:text-ink',
              )}
            >
              <Icon aria-hidden className="size-4" />
              {t(`sections.${name}`)}
            </Link>
          ))}
        </nav>
        <div className="grid max-w-4xl min-w-0 gap-4">
          <Content />
        </div>
      </div>
    </>
  );
}
