'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { AccountMenu } from './account-menu.tsx';
import { BrandMark } from './brand.tsx';
import { usePalette } from './palette-slot.tsx';
import { LanguageMenu, ThemeMenu } from './preferences-menus.tsx';
import { RunningNow } from './running-now.tsx';

const never = () => () => undefined;

function PaletteButton() {
  const t = useTranslations('shell');
  const { setOpen } = usePalette();
  const apple = useSyncExternalStore(
    never,
    () => /mac|iphone|ipad/i.test(navigator.userAgent),
    () => false,
  );
  return (
    <button
      type="button"
      onClick={() => setOpen(true)}
      aria-keyshortcuts="Control+K Meta+K"
      className="flex h-8 w-72 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 text-ink-faint transition-colors hover:border-line-strong max-lg:w-48 max-sm:h-10 max-sm:w-10 max-sm:justify-center max-sm:border-transparent max-sm:bg-transparent max-sm:px-0"
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="flex-1 truncate text-left max-sm:sr-only">{t('search')}</span>
      <kbd className="rounded-sm border border-line bg-surface px-1 text-xs max-sm:hidden">
        {apple ? '⌘ K' : 'Ctrl K'}
      </kbd>
    </button>
  );
}

export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex h-13 shrink-0 items-center gap-1 border-b border-line bg-surface px-4 max-sm:px-2">
      <Link href="/" aria-label="Breakwater" className="p-2 sm:hidden">
        <BrandMark className="size-6" />
      </Link>
      <PaletteButton />
      <span className="flex-1" />
      <RunningNow />
      <ThemeMenu />
      <LanguageMenu />
      <AccountMenu />
    </header>
  );
}
