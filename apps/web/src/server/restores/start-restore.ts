import type { RestoreInput } from '@breakwater/contract/resources';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { runUsingSnapshot } from '../runs/snapshot-in-use.ts';
import { addRun, afterStart, type NewRun, type StartedRun } from '../runs/start-run.ts';
import { openCopies } from '../snapshots/opened-copies.ts';
import { nodeAt } from '../snapshots/read-tree.ts';
import { requireSnapshot, type SnapshotRow } from '../snapshots/snapshots.ts';

/**
 * Has an enrolled agent restore from a snapshot into a folder of its server. Throws `snapshot-not-found`,
 * `unknown-address` for a server without an agent, `target-not-empty` or `target-not-allowed` where the agent is
 * there and does not let it into that folder, `conflict` while the snapshot is being forgotten, and `path-not-found` for a quoted path that is not there; plain paths
 * are looked for by the agent.
 */
export async function startRestore(
  center: Center,
  input: RestoreInput,
  trigger: 'manual' | 'api',
): Promise<StartedRun> {
  const snapshot = await requireSnapshot(center, input.snapshotId);
  const { address, path } = input.target;
  const agent = await center.agents.byAddress(address);
  if (agent === null) {
    throw refusedField('target.address', address, 'the address of an enrolled agent', 'unknown-address');
  }
  await refuseTarget(center, agent.id, path);
  const paths = await rawPaths(center, snapshot, input.paths);
  const started = await center.db.$transaction(async (tx) => {
    const inUse = await runUsingSnapshot(tx, snapshot);
    if (inUse?.kind === 'forget') {
      throw new Failure('conflict', `this snapshot is being forgotten, by the run ${inUse.runId}`);
    }
    return addRun(tx, newRun(snapshot, { paths, address, path }, trigger));
  });
  await afterStart(center, started);
  return started;
}

function newRun(
  snapshot: SnapshotRow,
  { paths, address, path }: { paths: string[]; address: string; path: string },
  trigger: 'manual' | 'api',
): NewRun {
  return {
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
      paths,
      targetAddress: address,
      targetPath: path,
    },
  };
}

/** Somebody waits for the answer. */
const ADMIT_MS = 5000;
const refusals: ReadonlySet<string> = new Set(['target-not-empty', 'target-not-allowed']);

/** The agent judges again when the run begins: this is so that most refusals come before anything is started. */
async function refuseTarget(center: Center, agentId: string, path: string): Promise<void> {
  try {
    await center.links.callAgent(agentId, 'admit-target', { path }, ADMIT_MS);
  } catch (error) {
    const { code, message } = asFailure(error);
    if (!refusals.has(code)) {
      center.logger.info({ code, reason: message, agentId }, 'the target of a restore was not looked at');
      return;
    }
    throw refusedField('target.path', path, expectedTarget(message), code);
  }
}

/** What the agent says of the folder, as what was expected instead. */
function expectedTarget(said: string): string {
  return `a folder that its agent restores into. ${said}`.replace(/\.$/, '');
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
