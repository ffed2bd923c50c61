'use client';

import { useCallback, useSyncExternalStore } from 'react';

interface Clock {
  now: number;
  listeners: Set<() => void>;
  timer: ReturnType<typeof setInterval> | null;
}
const clocks = new Map<number, Clock>();

function clockOf(everyMs: number): Clock {
  let clock = clocks.get(everyMs);
  if (clock === undefined) {
    clock = { now: Date.now(), listeners: new Set(), timer: null };
    clocks.set(everyMs, clock);
  }
  return clock;
}

/** The time in epoch ms, one shared timer for every reader of the same interval. On the server: 0. */
export function useNow(everyMs = 1000): number {
  const subscribe = useCallback(
    (listener: () => void) => {
      const clock = clockOf(everyMs);
      clock.listeners.add(listener);
      clock.now = Date.now();
      clock.timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const wake of clock.listeners) wake();
      }, everyMs);
      return () => {
        clock.listeners.delete(listener);
        if (clock.listeners.size === 0 && clock.timer !== null) {
          clearInterval(clock.timer);
          clock.timer = null;
        }
      };
    },
    [everyMs],
  );
  return useSyncExternalStore(
    subscribe,
    () => {
      const clock = clockOf(everyMs);
      // Nobody has kept this clock for a while: it must not tell an old time.
      if (clock.timer === null && Date.now() - clock.now > everyMs) clock.now = Date.now();
      return clock.now;
    },
    () => 0,
  );
}
