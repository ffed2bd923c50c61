'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { ShellSkeleton } from './shell-skeleton.tsx';

/** Leads to the sign-in page, and from there back to here. */
export function SignedOut() {
  const router = useRouter();
  const pathname = usePathname();
  useEffect(() => {
    const here = `${pathname}${window.location.search}`;
    router.replace(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`);
  }, [pathname, router]);
  return <ShellSkeleton />;
}
