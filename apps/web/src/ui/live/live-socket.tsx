'use client';

import { BROWSER_NAMESPACE, centerToBrowser } from '@breakwater/contract/browser-events';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import { sessionKey } from '../api/queries/session.ts';
import type { LiveStatus } from './live-status.ts';
import {
  applyAgent,
  applyChanged,
  applyProgress,
  applyRun,
  applySpeed,
  type LiveCache,
} from './live-updates.ts';
import { createStaleQueue } from './stale-queue.ts';

const LiveContext = createContext<LiveStatus>('connecting');

/** Whether what is shown is pushed at this moment. */
export function useLiveStatus(): LiveStatus {
  return useContext(LiveContext);
}

const COALESCE_MS = 150;
/** Only while the socket is down. */
const POLL_MS = 10_000;

/** Holds the one Socket.IO connection of the page and writes what it brings into the query cache. */
export function LiveSocket({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>('connecting');

  useEffect(() => {
    const queue = createStaleQueue(client, COALESCE_MS);
    const cache: LiveCache = { client, stale: queue.add };
    const socket = io(BROWSER_NAMESPACE, {
      withCredentials: true,
      transports: ['websocket', 'polling'],
      reconnectionDelayMax: 5000,
    });

    function listen<Name extends keyof typeof centerToBrowser>(
      name: Name,
      apply: (cache: LiveCache, message: z.output<(typeof centerToBrowser)[Name]>) => void,
    ): void {
      socket.on(name as string, (message: unknown) => {
        const parsed = centerToBrowser[name].safeParse(message);
        // A message of a newer server that this page does not know: what it meant is fetched instead of guessed.
        if (parsed.success) apply(cache, parsed.data as z.output<(typeof centerToBrowser)[Name]>);
        else void client.invalidateQueries({ refetchType: 'active' });
      });
    }
    listen('changed', applyChanged);
    listen('run', applyRun);
    listen('progress', applyProgress);
    listen('agent', applyAgent);
    listen('speed', applySpeed);

    let wasLive = false;
    socket.on('connect', () => {
      setStatus('live');
      // What happened while nobody listened was not pushed to us.
      if (wasLive) void client.invalidateQueries();
      wasLive = true;
    });
    socket.on('disconnect', (reason) => {
      setStatus('reconnecting');
      // The server ended it on purpose, as it does when a session ends: Socket.IO does not come back by itself.
      if (reason === 'io server disconnect') {
        void client.invalidateQueries({ queryKey: sessionKey });
        socket.connect();
      }
    });
    let retry: ReturnType<typeof setTimeout> | undefined;
    socket.on('connect_error', () => {
      setStatus(wasLive ? 'reconnecting' : 'connecting');
      // A refused handshake is final for Socket.IO (`active` is false), a lost network is not.
      if (!socket.active) {
        void client.invalidateQueries({ queryKey: sessionKey });
        retry = setTimeout(() => socket.connect(), POLL_MS);
      }
    });

    const poll = setInterval(() => {
      if (!socket.connected) void client.invalidateQueries({ refetchType: 'active' });
    }, POLL_MS);

    return () => {
      clearInterval(poll);
      clearTimeout(retry);
      queue.close();
      socket.disconnect();
    };
  }, [client]);

  return <LiveContext value={status}>{children}</LiveContext>;
}
