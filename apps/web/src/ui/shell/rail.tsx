'use client';

import clsx from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'use-intl';
import { BrandMark } from './brand.tsx';
import { type Destination, isHere, protectionPages, settingsPage, storagePages } from './navigation.ts';

function RailLink({ page }: { page: Destination }) {
  const t = useTranslations('shell.pages');
  const here = isHere(usePathname(), page.href);
  const Icon = page.icon;
  return (
    <Link
      href={page.href}
      title={t(page.name)}
      aria-current={here ? 'page' : undefined}
      className={clsx(
        'flex h-9 items-center gap-3 rounded-md px-2.5 font-medium transition-colors',
        here ? 'bg-selected text-accent' : 'text-ink-muted hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden className="size-4.5 shrink-0" />
      <span className="truncate max-lg:sr-only">{t(page.name)}</span>
    </Link>
  );
}

/** The left rail: words from 1024 px, icons below that, a bottom bar instead on a phone. */
export function Rail() {
  const t = useTranslations('shell');
  return (
    <nav
      aria-label={t('navigation')}
      className="sticky top-0 flex h-dvh w-52 shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-line bg-surface px-2 pb-3 max-lg:w-14 max-sm:hidden"
    >
      <Link href="/" className="mb-2 flex h-13 items-center gap-2.5 px-2 font-semibold tracking-tight">
        <BrandMark className="size-6 shrink-0" />
        <span className="max-lg:sr-only">Breakwater</span>
      </Link>
      {protectionPages.map((page) => (
        <RailLink key={page.name} page={page} />
      ))}
      <p className="mt-4 mb-1 px-2.5 text-xs font-medium text-ink-faint max-lg:mx-2 max-lg:h-px max-lg:overflow-hidden max-lg:bg-line max-lg:px-0 max-lg:text-transparent">
        {t('storage')}
      </p>
      {storagePages.map((page) => (
        <RailLink key={page.name} page={page} />
      ))}
      <span className="flex-1" />
      <RailLink page={settingsPage} />
    </nav>
  );
}

/** A phone's way around: the first five; the rest stands in the account menu. */
export function BottomBar() {
  const t = useTranslations('shell');
  const pathname = usePathname();
  return (
    <nav
      aria-label={t('navigation')}
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {protectionPages.map(({ name, href, icon: Icon }) => {
        const here = isHere(pathname, href);
        return (
          <Link
            key={name}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={clsx(
              'flex h-14 flex-col items-center justify-center gap-0.5 text-xs font-medium -outline-offset-2',
              here ? 'text-accent' : 'text-ink-muted',
            )}
          >
            <Icon aria-hidden className="size-5" />
            {t(`pages.${name}`)}
          </Link>
        );
      })}
    </nav>
  );
}
