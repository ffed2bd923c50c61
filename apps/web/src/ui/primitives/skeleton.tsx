import clsx from 'clsx';

/** The place of something that is on its way; give it the size of the real thing. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx('block animate-pulse rounded-sm bg-idle-soft', className)} />;
}
