import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

/** Top of a page: what it is, in one line, and what one can do here. `back`: the list it stands in. */
export function PageHeader(props: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
}) {
  return (
    <>
      {props.back !== undefined && (
        <Link
          href={props.back.href}
          className="mb-1 inline-flex items-center gap-1 text-sm text-ink-muted hover:text-accent"
        >
          <ChevronLeft aria-hidden className="size-4" />
          {props.back.label}
        </Link>
      )}
      <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{props.title}</h1>
          {props.description !== undefined && (
            <div className="mt-0.5 max-w-[80ch] text-pretty text-ink-muted">{props.description}</div>
          )}
        </div>
        {props.actions !== undefined && (
          <div className="flex flex-wrap items-center gap-2">{props.actions}</div>
        )}
      </header>
    </>
  );
}
