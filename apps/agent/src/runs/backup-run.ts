import type { BackupOrder, RunNode } from '@breakwater/contract/agent-run';
import { asFailure } from '@breakwater/domain/failure';
import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import { type BackUpOptions, type BackUpResult, backUp } from '../backup/back-up.ts';
import { findStrayPacks } from '../backup/stray-packs.ts';
import type { PackJournal } from '../outbox/pack-journal.ts';
import { BackupTargets } from './backup-targets.ts';
import { withCopy } from './open-copy.ts';
import type { RunContext, RunOutcome } from './run-context.ts';
import { judgeTrouble } from './target-trouble.ts';

/** How often a running transfer is measured for the speed window. */
const SAMPLE_MS = 5000;
/** The control center writes two small files to the node; a slow link needs a while. */
const CREATE_COPY_MS = 60_000;

/**
 * Backs up to the node that finishes first, and goes on with the next of a fresh ranking when that fails. Throws a
 * Failure when there is no snapshot on any node.
 */
export async function runBackup(context: RunContext, order: BackupOrder): Promise<RunOutcome> {
  const targets = new BackupTargets(context, order);
  for (;;) {
    const node = await targets.choose();
    try {
      return outcomeOf(node, await backUpTo(node, context, order, targets));
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
): Promise<BackUpResult> {
  const { progress, link, signal } = context;
  progress.hold('starting');
  if (!node.hasCopy) {
    await link.request('create-copy', { runId: order.runId, nodeId: node.nodeId }, CREATE_COPY_MS);
    signal.throwIfAborted();
  }
  return withCopy(context, node, order.repository, async (repository, lockSignal) => {
    targets.working();
    progress.resume();
    const sample = (): void => {
      const measured = progress.meter.takeSample();
      if (measured === null) return;
      context.speeds.addTransfer(node.nodeId, measured.bytesPerSecond, measured.applicationLimited);
    };
    const { adopt, ...journalling } = await takeUp(context.packs, order, node, repository, lockSignal);
    const timer = setInterval(sample, SAMPLE_MS);
    try {
      return await backUp({
        repository,
        adopt,
        ...journalling,
        paths: order.paths,
        excludes: order.excludes,
        hostname: order.hostname,
        tags: order.tags,
        signal: lockSignal,
        onProgress: (work) => progress.update(work),
      });
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

function outcomeOf(node: RunNode, result: BackUpResult): RunOutcome {
  const { snapshot, snapshotId, stats, issues, issueCount } = result;
  const partial = issueCount > 0;
  return {
    outcome: partial ? 'partial' : 'succeeded',
    reason: partial ? unread(issueCount) : null,
    failure: null,
    nodeId: node.nodeId,
    snapshotId,
    snapshot:
      snapshotId === null
        ? null
        : {
            id: snapshotId,
            time: formatGoTime(snapshot.time),
            hostname: snapshot.hostname,
            paths: snapshot.paths,
            tree: snapshot.tree,
            tags: snapshot.tags,
            parent: snapshot.parent,
          },
    stats,
    issues,
    issueCount,
  };
}

function unread(count: number): string {
  return count === 1 ? 'one file could not be read' : `${count} files could not be read`;
}
