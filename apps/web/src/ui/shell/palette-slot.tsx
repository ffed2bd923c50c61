'use client';

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

interface PaletteState {
  open: boolean;
  setOpen: (open: boolean) => void;
}
const PaletteContext = createContext<PaletteState | null>(null);

/** Open and close the search and command palette from anywhere below the shell. */
export function usePalette(): PaletteState {
  const state = useContext(PaletteContext);
  if (state === null) throw new Error('usePalette outside of PaletteSlot');
  return state;
}

/** Holds whether the palette is open; Ctrl K or ⌘ K opens and closes it. The palette itself is given by the layout. */
export function PaletteSlot({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const state = useMemo(() => ({ open, setOpen }), [open]);
  return <PaletteContext value={state}>{children}</PaletteContext>;
}
