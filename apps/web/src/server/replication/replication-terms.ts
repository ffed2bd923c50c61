import { RUN_TOKEN_SECONDS } from '@breakwater/contract/storage-token';
import type { RunRow } from '../runs/find-runs.ts';
import { runTokenName } from '../storage-tokens/run-grant.ts';
import type { TokenGrant } from '../storage-tokens/storage-token.ts';

/** A node may write so long after its lease was renewed: less than the 30 min after which restic takes a lock for dead. */
export const LEASE_MS = 22 * 60_000;
/** Locks are written anew, and the lease with them, so often. */
export const RENEW_AFTER_MS = 5 * 60_000;

/** What the node that fetches may do at the source: read. */
export function sourceGrant(
  run: Pick<RunRow, 'id' | 'attempt' | 'repositoryId'>,
  sourceId: string,
): TokenGrant {
  return {
    jti: runTokenName(run.id, run.attempt, sourceId),
    subject: `run/${run.id}`,
    nodeId: sourceId,
    repositoryId: run.repositoryId,
    verbs: ['read'],
    seconds: RUN_TOKEN_SECONDS,
  };
}
