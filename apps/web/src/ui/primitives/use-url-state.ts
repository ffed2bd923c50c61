'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/**
 * State that a link reproduces: the address's query. `set` takes the parameters to change (null removes one) and
 * replaces the address without a new entry in the history and without asking the server.
 */
export function useUrlState(): {
  get: (name: string) => string | null;
  set: (changes: Record<string, string | null>) => void;
} {
  const parameters = useSearchParams();
  const get = useCallback((name: string) => parameters.get(name), [parameters]);
  const set = useCallback((changes: Record<string, string | null>) => {
    // From the address bar, not from `parameters`: two changes in one tick must not undo each other.
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    const search = next.toString();
    window.history.replaceState(null, '', `${window.location.pathname}${search === '' ? '' : `?${search}`}`);
  }, []);
  return { get, set };
}
