'use client';

import type { RunDetail } from '@breakwater/contract/run';
import { useEffect, useRef, useState } from 'react';
import { useLiveStatus } from '../live/live-socket.tsx';
import { useNow } from '../live/use-now.ts';
import { type Freshness, freshness } from './run-figures.ts';

/** Whether the figures on the page are of now. What was loaded with the page is not: nobody knows how old it is. */
export function useFreshness(run: RunDetail): Freshness {
  const connected = useLiveStatus() === 'live';
  const now = useNow(1000);
  const [heardAt, setHeardAt] = useState<number | null>(null);
  const latest = run.speedCurve.at(-1)?.atMs ?? null;
  const before = useRef({ progress: run.progress, latest });
  useEffect(() => {
    const known = before.current;
    if (known.progress === run.progress && known.latest === latest) return;
    before.current = { progress: run.progress, latest };
    setHeardAt(Date.now());
  }, [run.progress, latest]);
  return freshness(run.state, heardAt, connected, now);
}
