import type { FailureMessage } from '@breakwater/contract/failure-codes';
import type { Remark } from '@breakwater/contract/remark';
import { replicationPauseMs } from '@breakwater/domain/copies-plan';
import type { Center } from '../center.ts';
import { say, storedRemark } from '../remarks/say.ts';
import { endCancelledRun, failRun, returnRun } from '../runs/advance-run.ts';
import type { RunRow } from '../runs/find-runs.ts';
import { storedLocks } from '../runs/locks-of-runs.ts';
import type { RunAsk } from '../runs/run-ask.ts';
import { noteOnReplication } from '../runs/run-lease.ts';
import { wakeRun } from '../runs/start-run.ts';
import { unlockCopies } from './copy-locks.ts';
import { holdBack } from './replication-records.ts';

export type ReplicationAsk = Extract<RunAsk, { kind: 'replicate' }>;

/** So often one run is tried again; then it fails, and another begins an hour later at most. */
const MAX_ATTEMPTS = 6;
/** A node that was restarted does not have to be waited for. */
const AT_ONCE_MS = 1000;

/**
 * A replication that is not at its node any more, or never got there, waits for its next try; what was fetched counts
 * then. One that was to be cancelled ends; one that was tried too often fails.
 */
export async function giveBack(
  center: Center,
  run: RunRow,
  ask: ReplicationAsk,
  why: { remark: Remark; failure?: FailureMessage; atOnce?: boolean },
): Promise<void> {
  const repositoryId = run.repositoryId ?? '';
  const copy = { repositoryId, nodeId: ask.nodeId };
  const left = await unlockCopies(center, repositoryId, storedLocks.parse(run.locks));
  await noteOnReplication(center.db, run, { locks: left, leaseUntil: null, tendedAt: null });
  if (run.cancelRequestedAt !== null) {
    await endCancelledRun(
      center,
      run,
      storedRemark(run.remark, run.reason) ?? say('cancelled-after-loss', {}),
    );
    return;
  }
  const pauseMs = why.atOnce === true ? AT_ONCE_MS : replicationPauseMs(run.attempt);
  const giveUp = run.attempt >= MAX_ATTEMPTS;
  await holdBack(center.db, copy, new Date(center.now() + pauseMs), giveUp);
  if (giveUp) {
    const failure = why.failure ?? { code: 'interrupted', message: why.remark.text, retryable: true };
    await failRun(center, run, failure, why.remark);
    return;
  }
  if (await returnRun(center, run, why.remark)) await wakeRun(center, run.id, pauseMs);
}
