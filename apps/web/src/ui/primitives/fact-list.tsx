import clsx from 'clsx';
import type { ReactNode } from 'react';

/** Names and values, one row each, for the facts of one thing; `wide` in two columns where there is room. */
export function FactList(props: { facts: readonly { name: string; value: ReactNode }[]; wide?: boolean }) {
  return (
    <dl
      className={clsx(
        'grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-6 gap-y-2',
        props.wide === true && 'lg:grid-cols-[minmax(7rem,auto)_1fr_minmax(7rem,auto)_1fr]',
      )}
    >
      {props.facts.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-ink-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
