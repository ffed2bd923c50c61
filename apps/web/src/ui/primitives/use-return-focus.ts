'use client';

import { useCallback, useRef } from 'react';

/**
 * For the `finalFocus` of a dialog: where the focus was when it opened. Noted while rendering, since a field that
 * takes the focus at once has it before any effect runs, and the dialog would go back to what it has itself removed.
 */
export function useReturnFocus(open: boolean): () => HTMLElement | true {
  const opener = useRef<Element | null>(null);
  const wasOpen = useRef(false);
  if (open && !wasOpen.current)
    opener.current = typeof document === 'undefined' ? null : document.activeElement;
  wasOpen.current = open;
  return useCallback(() => {
    const element = opener.current;
    return element instanceof HTMLElement && element.isConnected && element !== document.body
      ? element
      : true;
  }, []);
}
