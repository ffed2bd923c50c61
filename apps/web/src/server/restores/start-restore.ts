import type { RestoreInput } from '@breakwater/contract/resources';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { type StartedRun, startRun } from '../runs/start-run.ts';
import { openCopies } from '../snapshots/opened-copies.ts';
import { nodeAt } from '../snapshots/read-tree.ts';
import { requireSnapshot, type SnapshotRow } from '../snapshots/snapshots.ts';

/**
 * Has an enrolled agent restore from a snapshot into a folder of its server. Throws `snapshot-not-found`,
 * `unknown-address` for a server without an agent, and `path-not-found` for a quoted path that is not there; plain
 * paths are looked for by the agent.
 */
export async function startRestore(
  center: Center,
  input: RestoreInput,
  trigger: 'manual' | 'api',
): Promise<StartedRun> {
  const snapshot = await requireSnapshot(center, input.snapshotId);
  const { address, path } = input.target;
  if ((await center.agents.byAddress(address)) === null) {
    throw refusedField('target.address', address, 'the address of an enrolled agent', 'unknown-address');
  }
  return startRun(center, {
    kind: 'restore',
    taskId: null,
    sourceAddress: snapshot.sourceAddress,
    agentId: null,
    repositoryId: snapshot.repositoryId,
    trigger,
    ifAgentSilent: 'stop',
    ask: {
      kind: 'restore',
      snapshotId: snapshot.id,
      paths: await rawPaths(center, snapshot, input.paths),
      targetAddress: address,
      targetPath: path,
    },
  });
}

/** Names that are not text are shown quoted; the agent is told the bytes. A backslash is in every quoted name. */
async function rawPaths(center: Center, snapshot: SnapshotRow, paths: readonly string[]): Promise<string[]> {
  if (!paths.some((path) => path.includes('\\'))) return [...paths];
  return openCopies(center).withSnapshot(snapshot, (copy) =>
    Promise.all(
      paths.map(async (path) =>
        path.includes('\\') ? ((await nodeAt(copy.repository, snapshot.tree, path))?.rawPath ?? '/') : path,
      ),
    ),
  );
}
