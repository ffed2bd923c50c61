'use client';

import type { Run } from '@breakwater/contract/run';
import Link from 'next/link';

/** A snapshot that a run has made or reads. */
export function SnapshotLink({
  run,
  snapshotId,
}: {
  run: Pick<Run, 'restore' | 'sourceAddress'>;
  snapshotId: string;
}) {
  const search = new URLSearchParams({ snapshot: snapshotId });
  if (run.restore === null && run.sourceAddress !== null) search.set('server', run.sourceAddress);
  return (
    <Link className="text-accent hover:underline" href={`/snapshots?${search.toString()}`}>
      <code title={snapshotId}>{snapshotId.slice(0, 8)}</code>
    </Link>
  );
}
