import { type CopyProgress, copySnapshots } from '@breakwater/restic-format/copy-snapshots';
import { refuseVersion1 } from '@breakwater/restic-format/format-version';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Command } from 'commander';
import { z } from 'zod';
import { formatBytes } from './format-quantity.ts';
import { tellLockLost, withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import {
  addSnapshotFilter,
  findSnapshots,
  snapshotFilterOf,
  snapshotFilterOptions,
} from './snapshot-filter.ts';
import { addSourceRepository, sourceAccess, sourceRepositoryOptions } from './source-repository.ts';

const copyOptions = repoAccess
  .extend(snapshotFilterOptions.shape)
  .extend(sourceRepositoryOptions.shape)
  .extend({ ids: z.array(z.string()) });
type CopyOptions = z.infer<typeof copyOptions>;

export function copyCommand(repo: Command): void {
  const command = repoSubcommand(
    repo,
    'copy [ids...]',
    'copy snapshots from another repository into this one',
  );
  addSnapshotFilter(addSourceRepository(command)).action((ids: string[], given: object) =>
    runRepoAction(copyOptions, { ...given, ids }, copyAction),
  );
}

async function copyAction(options: CopyOptions, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  const { lock, retryLock } = options;
  const onLockLost = tellLockLost(output);
  const from = { ...sourceAccess(options), lock, retryLock, onLockLost };
  return await withRepository(
    from,
    'may',
    signal,
    (source, sourceSignal) =>
      withRepository({ ...options, onLockLost }, 'must', sourceSignal, (destination, workSignal) =>
        copyBetween(source, destination, options, output, workSignal),
      ),
    'source',
  );
}

async function copyBetween(
  source: Repository,
  destination: Repository,
  options: CopyOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  refuseVersion1(destination);
  const snapshots = await findSnapshots(source, options.ids, snapshotFilterOf(options), signal);
  const result = await copySnapshots(source, destination, snapshots, {
    signal,
    onProgress: progressTeller(output),
    onSnapshot: ({ from, to, isNew }) => {
      const ids = `${from.id.slice(0, 8)} ${isNew ? 'copied to' : 'was copied before, to'} ${to.slice(0, 8)}`;
      if (isNew ? output.verbosity >= 0 : output.verbosity >= 1) output.text(`snapshot ${ids}`);
      output.record({ message_type: 'snapshot', source_id: from.id, id: to, new: isNew });
    },
  });
  const { copied, skipped, blobs, bytesStored } = result;
  output.answer(
    `${copied === 1 ? '1 snapshot' : `${copied} snapshots`} copied, ${skipped} there already; ` +
      `${blobs} blobs, ${formatBytes(bytesStored)} stored`,
    {
      message_type: 'summary',
      snapshots_copied: copied,
      snapshots_skipped: skipped,
      blobs_copied: blobs,
      bytes_stored: bytesStored,
    },
  );
  return 0;
}

const STATUS_MS = 100;

function progressTeller(output: RepoOutput): (progress: CopyProgress) => void {
  let toldAt = 0;
  return ({ snapshotsDone, snapshotsTotal, blobsDone, blobsTotal, bytesStored }) => {
    const now = performance.now();
    if (now - toldAt < STATUS_MS) return;
    toldAt = now;
    output.status(
      `${snapshotsDone} of ${snapshotsTotal} snapshots, ${blobsDone} of ${blobsTotal} blobs, ${formatBytes(bytesStored)}`,
      {
        message_type: 'status',
        snapshots_done: snapshotsDone,
        snapshots_total: snapshotsTotal,
        blobs_done: blobsDone,
        blobs_total: blobsTotal,
        bytes_stored: bytesStored,
      },
    );
  };
}
