'use client';

import type { Session } from '@breakwater/contract/resources';
import { createContext, useContext } from 'react';
import { type Action, may } from './permissions.ts';

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Only below `SessionGate`, which shows nothing else until that is known. */
export function useSession(): Session['user'] {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of SessionGate');
  return session.user;
}

/** True when the reader's role may do this. */
export function useMay(action: Action): boolean {
  return may(useSession().role, action);
}
