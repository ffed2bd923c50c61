import type { Center } from '../center.ts';
import { revokeTokens } from './revocations.ts';
import { probeTokenName, runTokenName } from './run-grant.ts';

/** Revokes what an agent that is no longer ours could still probe with. */
export async function revokeProbeTokens(center: Center, agentId: string): Promise<void> {
  const nodes = await center.storageNodes.all();
  await revokeTokens(
    center,
    nodes.map((node) => ({ jti: probeTokenName(agentId, node.id) })),
  );
}

/**
 * Revokes the tokens of a run whose agent has not said that it ended, so that nothing is written in its name any
 * more. Their names follow from run, attempt and node: no list of issued tokens is needed.
 */
export async function revokeRunTokens(center: Center, run: { id: string; attempt: number }): Promise<void> {
  const nodes = await center.storageNodes.all();
  const attempts = Array.from({ length: run.attempt }, (_, at) => at + 1);
  await revokeTokens(
    center,
    nodes.flatMap((node) => attempts.map((attempt) => ({ jti: runTokenName(run.id, attempt, node.id) }))),
  );
}
