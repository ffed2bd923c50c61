'use client';

import type { ReactNode } from 'react';
import { BrandMark } from '../shell/brand.tsx';
import { LanguageMenu, ThemeMenu } from '../shell/preferences-menus.tsx';

/** The frame of the pages before the console: one small panel, and the language for who cannot read it. */
export function EntryFrame(props: { title: string; description?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <div className="flex justify-end gap-1 p-3">
        <ThemeMenu />
        <LanguageMenu />
      </div>
      <main className="mx-auto w-full max-w-sm px-4 pt-[8dvh] pb-16">
        <div className="mb-6 flex items-center gap-2.5">
          <BrandMark className="size-8" />
          <span className="text-lg font-semibold tracking-tight">Breakwater</span>
        </div>
        <div className="rounded-lg border border-line bg-surface p-6 max-sm:p-4">
          <h1 className="text-lg font-semibold">{props.title}</h1>
          {props.description !== undefined && <div className="mt-1 text-ink-muted">{props.description}</div>}
          {props.children}
        </div>
      </main>
    </div>
  );
}
