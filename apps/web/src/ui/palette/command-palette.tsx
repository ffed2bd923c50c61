'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useReturnFocus } from '../primitives/use-return-focus.ts';
import { usePalette } from '../shell/palette-slot.tsx';
import { matchScore } from './match-score.ts';
import { type Command, usePaletteCommands } from './use-palette-commands.ts';

/** Ctrl K or ⌘ K: go anywhere, start anything. */
export function CommandPalette() {
  const t = useTranslations('palette');
  const { open, setOpen } = usePalette();
  const returnFocus = useReturnFocus(open);
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => setOpen(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup
          finalFocus={returnFocus}
          className="fixed inset-x-3 top-3 z-50 flex max-h-[70dvh] flex-col overflow-hidden rounded-lg border border-line bg-raised shadow-float transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 sm:inset-x-auto sm:top-[12dvh] sm:left-1/2 sm:w-[36rem] sm:-translate-x-1/2"
        >
          <BaseDialog.Title className="sr-only">{t('title')}</BaseDialog.Title>
          <Commands close={() => setOpen(false)} />
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** Mounted only while the palette is open: what was typed is forgotten, and nothing is fetched for it before. */
function Commands({ close }: { close: () => void }) {
  const t = useTranslations('palette');
  const groups = usePaletteCommands();
  const [search, setSearch] = useState('');
  const [marked, setMarked] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const texts = new Map(
    groups.flatMap((group) =>
      group.commands.map((one) => [one.id, `${one.text} ${one.detail ?? ''}`] as const),
    ),
  );

  // cmdk names the marked line before it has drawn it, and so, while one types, a line that is gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: both change which line is marked.
  useEffect(() => {
    const line = box.current?.querySelector('[aria-selected="true"]');
    for (const element of box.current?.querySelectorAll('[aria-activedescendant]') ?? []) {
      if (line == null) element.removeAttribute('aria-activedescendant');
      else element.setAttribute('aria-activedescendant', line.id);
    }
  }, [marked, search]);

  function choose(command: Command): void {
    close();
    command.run();
  }
  return (
    <Cmdk
      ref={box}
      value={marked}
      onValueChange={setMarked}
      label={t('title')}
      loop
      filter={(id, typed) => matchScore(texts.get(id) ?? id, typed)}
      className="flex min-h-0 flex-col"
    >
      <div className="flex items-center gap-2 border-b border-line px-4">
        <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <Cmdk.Input
          autoFocus
          value={search}
          onValueChange={setSearch}
          placeholder={t('placeholder')}
          className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-ink-faint"
        />
      </div>
      <Cmdk.List label={t('title')} className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2">
        <Cmdk.Empty className="px-3 py-8 text-center text-ink-muted">{t('nothing', { search })}</Cmdk.Empty>
        {groups.map((group) => (
          <Cmdk.Group
            key={group.name}
            heading={group.name}
            className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-faint"
          >
            {group.commands.map((command) => (
              <Cmdk.Item
                key={command.id}
                value={command.id}
                onSelect={() => choose(command)}
                className="flex cursor-pointer items-center gap-3 rounded-md px-3 py-2 data-[selected=true]:bg-selected max-sm:py-3"
              >
                <command.icon aria-hidden className="size-4 shrink-0 text-ink-faint" />
                <span className="min-w-0 truncate">{command.text}</span>
                {command.detail !== undefined && (
                  <span className="ml-auto min-w-0 shrink-0 truncate text-sm text-ink-faint">
                    {command.detail}
                  </span>
                )}
              </Cmdk.Item>
            ))}
          </Cmdk.Group>
        ))}
      </Cmdk.List>
      <p className="border-t border-line px-4 py-2 text-xs text-ink-faint max-sm:hidden">
        <kbd>↑</kbd> <kbd>↓</kbd> {t('hint')}
      </p>
    </Cmdk>
  );
}
