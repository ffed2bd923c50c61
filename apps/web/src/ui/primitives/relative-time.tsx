'use client';

import { useFormat } from '../language/use-format.ts';
import { useNow } from '../live/use-now.ts';

/** An instant as the reader feels it (`5 min ago`, `in 14 sec`), the exact one on hover. null reads as `never`. */
export function RelativeTime(props: { at: string | number | null; never?: string; className?: string }) {
  const format = useFormat();
  const now = useNow(1000);
  if (props.at === null) return <span className="text-ink-faint">{props.never ?? '—'}</span>;
  const iso = new Date(props.at).toISOString();
  return (
    <time
      dateTime={iso}
      title={format.exactTime(props.at)}
      className={props.className}
      suppressHydrationWarning
    >
      {format.relative(props.at, now)}
    </time>
  );
}
