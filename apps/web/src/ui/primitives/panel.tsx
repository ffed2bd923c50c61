import clsx from 'clsx';
import type { ReactNode } from 'react';

/** A framed part of a page with its heading. `flush` lets a table or list reach the frame. */
export function Panel(props: {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  tone?: 'plain' | 'danger';
  className?: string;
  id?: string;
  /** -1: something on the page moves the focus here. */
  tabIndex?: -1;
  children?: ReactNode;
}) {
  const { title, description, actions, flush = false, tone = 'plain', className, id, children } = props;
  const headed = title !== undefined || actions !== undefined;
  return (
    <section
      id={id}
      tabIndex={props.tabIndex}
      className={clsx(
        'min-w-0 rounded-lg border bg-surface',
        tone === 'danger' ? 'border-bad-solid/50' : 'border-line',
        className,
      )}
    >
      {headed && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2">
          <div className="min-w-0">
            {title !== undefined && <h2 className="font-semibold">{title}</h2>}
            {description !== undefined && <p className="text-sm text-ink-muted">{description}</p>}
          </div>
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}
