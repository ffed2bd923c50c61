'use client';

import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { LiveBanner } from '../live/live-banner.tsx';
import { LiveSocket } from '../live/live-socket.tsx';
import { PaletteSlot } from './palette-slot.tsx';
import { BottomBar, Rail } from './rail.tsx';
import { SessionGate } from './session-gate.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame around every page of a signed-in reader. `palette` is the command palette, given by the layout. */
export function Shell({ palette, children }: { palette: ReactNode; children: ReactNode }) {
  const t = useTranslations('shell');
  return (
    <SessionGate>
      <LiveSocket>
        <PaletteSlot>
          <a
            href="#main"
            className="sr-only z-60 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
          >
            {t('skip')}
          </a>
          <div className="flex min-h-dvh">
            <Rail />
            <div className="flex min-w-0 flex-1 flex-col">
              <TopBar />
              <LiveBanner />
              <main
                id="main"
                tabIndex={-1}
                className="mx-auto w-full max-w-[100rem] flex-1 p-6 outline-none max-sm:p-3 max-sm:pb-20"
              >
                {children}
              </main>
            </div>
          </div>
          <BottomBar />
          {palette}
        </PaletteSlot>
      </LiveSocket>
    </SessionGate>
  );
}
