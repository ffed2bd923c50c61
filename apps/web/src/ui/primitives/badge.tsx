import clsx from 'clsx';
import type { ReactNode } from 'react';
import { type Tone, toneSoft } from './tone.ts';

/** A short word beside something: a role, a kind, a count. */
export function Badge({
  tone = 'idle',
  children,
  className,
}: {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1 rounded-sm px-1.5 py-px text-xs font-medium whitespace-nowrap',
        toneSoft[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
