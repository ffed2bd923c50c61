'use client';

import { useTranslations } from 'use-intl';
import { Skeleton } from '../primitives/skeleton.tsx';
import { BrandMark } from './brand.tsx';

const LINES = [0, 1, 2, 3, 4, 5];

/** The frame while it is not known yet who is there. */
export function ShellSkeleton() {
  const t = useTranslations('common');
  return (
    <div className="flex min-h-dvh">
      <span role="status" className="sr-only">
        {t('loading')}
      </span>
      <div className="w-52 shrink-0 border-r border-line bg-surface px-4 max-lg:w-14 max-lg:px-4 max-sm:hidden">
        <div className="mb-4 flex h-13 items-center gap-2.5 font-semibold tracking-tight">
          <BrandMark className="size-6 shrink-0" />
          <span className="max-lg:sr-only">Breakwater</span>
        </div>
        {LINES.map((line) => (
          <Skeleton key={line} className="mb-4.5 h-4.5 w-3/4 max-lg:w-6" />
        ))}
      </div>
      <div className="flex-1">
        <div className="h-13 border-b border-line bg-surface" />
        <div className="p-6 max-sm:p-3">
          <Skeleton className="mb-6 h-7 w-80 max-w-full" />
          <Skeleton className="h-64 w-full rounded-lg" />
        </div>
      </div>
    </div>
  );
}
