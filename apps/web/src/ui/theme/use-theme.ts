'use client';

import { useCallback, useSyncExternalStore } from 'react';
import { rememberChoice } from '../language/remember-choice.ts';
import { parseThemeChoice, THEME_COOKIE, type ThemeChoice } from './theme-choice.ts';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const current = () => parseThemeChoice(document.documentElement.dataset.theme);

/** The reader's theme, which lives on `<html data-theme>` and in a cookie, so that the server renders it right. */
export function useTheme(): { theme: ThemeChoice; setTheme: (theme: ThemeChoice) => void } {
  const theme = useSyncExternalStore(subscribe, current, () => 'system' as const);
  const setTheme = useCallback((next: ThemeChoice) => {
    document.documentElement.dataset.theme = next;
    rememberChoice(THEME_COOKIE, next);
    for (const listener of listeners) listener();
  }, []);
  return { theme, setTheme };
}
