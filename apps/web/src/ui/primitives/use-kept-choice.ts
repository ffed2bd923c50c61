'use client';

import { useCallback, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** A text kept in this browser under a name; null when none is kept or the browser keeps nothing. */
export function useKeptChoice(name: string): [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => {
      try {
        return window.localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    () => null,
  );
  const keep = useCallback(
    (next: string | null) => {
      try {
        if (next === null) window.localStorage.removeItem(name);
        else window.localStorage.setItem(name, next);
      } catch {
        // Storage may be forbidden or full: the choice then lasts as long as the page.
      }
      for (const listener of listeners) listener();
    },
    [name],
  );
  return [value, keep];
}
