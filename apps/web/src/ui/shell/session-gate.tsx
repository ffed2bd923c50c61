'use client';

import { useQuery } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useEffect } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import { sessionQuery } from '../api/queries/session.ts';
import { SessionContext } from '../api/use-session.ts';
import { ErrorState } from '../primitives/error-state.tsx';
import { ShellSkeleton } from './shell-skeleton.tsx';

/**
 * Lets in who is signed in and has a password of their own; leads everyone else to where that is put right, and back
 * afterwards. Whether somebody may do something is the server's decision, on every request.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  const { data, error, refetch } = useQuery(sessionQuery);
  const signedOut = error instanceof ApiProblem && error.status === 401;
  const mustChange = data?.user.mustChangePassword === true;

  useEffect(() => {
    if (!signedOut && !mustChange) return;
    const here = `${pathname}${window.location.search}`;
    const next = here === '/' ? '' : `?next=${encodeURIComponent(here)}`;
    router.replace(`${signedOut ? '/sign-in' : '/change-password'}${next}`);
  }, [signedOut, mustChange, pathname, router]);

  if (error !== null && !signedOut) {
    return (
      <main className="mx-auto max-w-xl pt-[15dvh]">
        <ErrorState error={error} retry={() => void refetch()} />
      </main>
    );
  }
  if (data === undefined || signedOut || mustChange) return <ShellSkeleton />;
  return <SessionContext value={data}>{children}</SessionContext>;
}
