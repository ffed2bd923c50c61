'use client';

import { useSyncExternalStore } from 'react';
import { useTheme } from './use-theme.ts';

const query = () => window.matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  const list = query();
  list.addEventListener('change', listener);
  return () => list.removeEventListener('change', listener);
}

/** The theme that is really shown: the reader's choice, or else the system's. For canvases; CSS knows by itself. */
export function useColourScheme(): 'light' | 'dark' {
  const systemIsDark = useSyncExternalStore(
    subscribe,
    () => query().matches,
    () => false,
  );
  const { theme } = useTheme();
  if (theme !== 'system') return theme;
  return systemIsDark ? 'dark' : 'light';
}
