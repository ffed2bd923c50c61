'use client';

import { useCallback, useEffect, useState } from 'react';
import { EMPTY_BASKET, type KeptBasket, readBasket, writeBasket } from './kept-basket.ts';

/** The browser's session storage; merely naming it throws where storage is forbidden. */
function tabStore(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** A snapshot's basket, which survives a reload and the way back from another page. */
export function useKeptBasket(snapshotId: string): {
  basket: KeptBasket;
  change: (change: (old: KeptBasket) => Partial<KeptBasket>) => void;
} {
  const [basket, setBasket] = useState<KeptBasket>(() => {
    const store = typeof window === 'undefined' ? null : tabStore();
    return store === null ? EMPTY_BASKET : readBasket(store, snapshotId);
  });
  useEffect(() => {
    const store = tabStore();
    if (store !== null) writeBasket(store, snapshotId, basket);
  }, [snapshotId, basket]);
  const change = useCallback(
    (of: (old: KeptBasket) => Partial<KeptBasket>) => setBasket((old) => ({ ...old, ...of(old) })),
    [],
  );
  return { basket, change };
}
