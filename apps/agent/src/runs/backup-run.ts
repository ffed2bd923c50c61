import type { BackupOrder, RunNode } from '@breakwater/contract/agent-run';
import { asFailure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { BackUpOptions } from '../backup/back-up.ts';
import { findStrayPacks } from '../backup/stray-packs.ts';
import { AllowList } from '../commands/allow-list.ts';
import { RunHooks } from '../hooks/run-hooks.ts';
import type { PackJournal } from '../outbox/pack-journal.ts';
import { BackupParts } from './backup-parts.ts';
import { BackupTargets } from './backup-targets.ts';
import { withCopy } from './open-copy.ts';
import type { RunContext, RunOutcome } from './run-context.ts';
import { judgeTrouble } from './target-trouble.ts';

/** How often a running transfer is measured for the speed window. */
const SAMPLE_MS = 5000;
/** The control center writes two small files to the node; a slow link needs a while. */
const CREATE_COPY_MS = 60_000;

/**
 * Runs the hooks before, backs up, and runs the hooks after, whatever became of it. Throws a Failure when there is
 * no snapshot on any node.
 */
export async function runBackup(context: RunContext, order: BackupOrder): Promise<RunOutcome> {
  const list = await readList(context, order);
  const hooks = new RunHooks(context, order, list);
  const parts = new BackupParts(context, order, list);
  let outcome: RunOutcome;
  try {
    await hooks.before();
    outcome = await backUpSomewhere(context, order, parts);
  } catch (error) {
    const { code, message: reason } = asFailure(context.signal.aborted ? context.signal.reason : error);
    const { snapshotIds } = parts;
    await hooks.after({ outcome: code === 'cancelled' ? 'cancelled' : 'failed', reason, snapshotIds });
    throw error;
  }
  await hooks.after({ ...outcome, snapshotIds: parts.snapshotIds });
  if (hooks.failed.length === 0) return outcome;
  // The backup is what it is: a hook that failed takes nothing from it.
  const told = `the hook ${hooks.failed.map((label) => `"${label}"`).join(', ')} failed`;
  return {
    ...outcome,
    reason: (outcome.reason === null ? told : `${outcome.reason}; ${told}`).slice(0, 4000),
  };
}

/** The list of commands as it is now: one list for the whole run. What is wrong with it each command tells. */
async function readList(context: RunContext, order: BackupOrder): Promise<() => AllowList> {
  const { before, after } = order.hooks;
  if (order.commands.length + before.length + after.length === 0) return () => AllowList.NONE;
  try {
    const list = await AllowList.read(context.allowCommands);
    return () => list;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Goes to the node that finishes first, and on with the next of a fresh ranking when that fails. */
async function backUpSomewhere(
  context: RunContext,
  order: BackupOrder,
  parts: BackupParts,
): Promise<RunOutcome> {
  const targets = new BackupTargets(context, order);
  for (;;) {
    const node = await targets.choose();
    try {
      await backUpTo(node, context, order, targets, parts);
      return parts.outcome(node.nodeId);
    } catch (error) {
      // The cancel, not what it broke off.
      context.signal.throwIfAborted();
      const failure = asFailure(error);
      const trouble = judgeTrouble(failure);
      if (trouble === 'run') throw failure;
      targets.failed(node, failure, trouble);
    }
  }
}

async function backUpTo(
  node: RunNode,
  context: RunContext,
  order: BackupOrder,
  targets: BackupTargets,
  parts: BackupParts,
): Promise<void> {
  const { progress, link, signal } = context;
  progress.hold('starting');
  if (!node.hasCopy) {
    await link.request('create-copy', { runId: order.runId, nodeId: node.nodeId }, CREATE_COPY_MS);
    signal.throwIfAborted();
  }
  await withCopy(context, node, order.repository, async (repository, lockSignal) => {
    targets.working();
    progress.resume();
    const sample = (): void => {
      const measured = progress.meter.takeSample();
      if (measured === null) return;
      // A limited node holds us back where others take more than their shares, and is no slower for it.
      const limited = measured.applicationLimited || context.bandwidth.shareOf(node.nodeId) !== null;
      context.speeds.addTransfer(node.nodeId, measured.bytesPerSecond, limited);
    };
    const { adopt, ...journalling } = await takeUp(context.packs, order, node, repository, lockSignal);
    const timer = setInterval(sample, SAMPLE_MS);
    try {
      await parts.backUpTo(node.nodeId, { repository, adopt, ...journalling, signal: lockSignal });
    } finally {
      clearInterval(timer);
      sample();
    }
  });
}

/** What an earlier run stored on this copy and no index names, and how the journal hears of what this one stores. */
async function takeUp(
  journal: PackJournal,
  { repository: { repositoryId } }: BackupOrder,
  { nodeId }: RunNode,
  repository: Repository,
  signal: AbortSignal,
): Promise<Required<Pick<BackUpOptions, 'adopt' | 'onPackStored' | 'onPacksIndexed'>>> {
  const copy = { repositoryId, nodeId };
  const own = journal.of(copy);
  // Those that an index names by now, and those that somebody pruned.
  journal.forget(
    copy,
    [...own].filter((packId) => !repository.index.strayPacks.has(packId)),
  );
  return {
    adopt: await findStrayPacks(repository, signal, own),
    onPackStored: ({ packId }) => journal.stored(copy, packId),
    onPacksIndexed: (packIds) => journal.forget(copy, packIds),
  };
}
