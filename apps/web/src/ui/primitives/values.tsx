'use client';

import { useFormat } from '../language/use-format.ts';

const Unknown = () => <span className="text-ink-faint">—</span>;

/** A size: `1.2 GB`, every byte on hover. */
export function Bytes({ value }: { value: number | null }) {
  const format = useFormat();
  if (value === null) return <Unknown />;
  return (
    <span title={`${format.count(value)} B`} className="whitespace-nowrap tabular-nums">
      {format.bytes(value)}
    </span>
  );
}

/** A rate in bytes a second: `84 MB/s`. */
export function Rate({ value }: { value: number | null }) {
  const format = useFormat();
  return value === null ? (
    <Unknown />
  ) : (
    <span className="whitespace-nowrap tabular-nums">{format.rate(value)}</span>
  );
}

/** A duration in seconds: `4 min 12 s`. */
export function Duration({ seconds }: { seconds: number | null }) {
  const format = useFormat();
  return seconds === null ? (
    <Unknown />
  ) : (
    <span className="whitespace-nowrap tabular-nums">{format.duration(seconds)}</span>
  );
}

export function Count({ value }: { value: number | null }) {
  const format = useFormat();
  return value === null ? <Unknown /> : <span className="tabular-nums">{format.count(value)}</span>;
}
