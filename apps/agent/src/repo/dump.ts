import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { archiveEntries } from '../dump/archive-entries.ts';
import { fileContent } from '../dump/file-content.ts';
import { tarArchive } from '../dump/tar-archive.ts';
import { zipArchive } from '../dump/zip-archive.ts';
import { errorCode } from '../posix/error-code.ts';
import { findNode } from '../read/find-tree.ts';
import { displayPath } from '../source/display-path.ts';
import { chooseSnapshot } from './one-snapshot.ts';
import { withRepository } from './open-repository.ts';
import { argumentNames, type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import { addSnapshotFilter, snapshotFilterOf, snapshotFilterOptions } from './snapshot-filter.ts';

const ARCHIVES = ['tar', 'zip'] as const;

const dumpOptions = repoAccess.extend({
  ...snapshotFilterOptions.shape,
  snapshot: z.string().min(1, 'is empty: expected a snapshot').register(argumentNames, { name: 'snapshot' }),
  file: z.string().min(1, 'is empty: expected a path').register(argumentNames, { name: 'path' }),
  archive: z.enum(ARCHIVES).default('tar'),
  target: z.string().min(1).optional(),
});

export function dumpCommand(repo: Command): void {
  addSnapshotFilter(
    repoSubcommand(
      repo,
      'dump <snapshot> <path>',
      'print a file of a snapshot (also ID:folder), or a folder as an archive; / is everything',
    ),
  )
    .addOption(new Option('-a, --archive <format>', 'form of a folder').choices(ARCHIVES))
    .option('-t, --target <file>', 'write to this file instead of stdout')
    .action((snapshot: string, file: string, given: object) =>
      runRepoAction(dumpOptions, { ...given, snapshot, file }, dumpAction),
    );
}

async function dumpAction(
  options: z.infer<typeof dumpOptions>,
  _output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const filter = snapshotFilterOf(options);
  return await withRepository<ExitCode>(options, 'may', signal, async (repository, workSignal) => {
    const { tree } = await chooseSnapshot(repository, options.snapshot, filter, workSignal);
    const source = await sourceOf(repository, tree, options, workSignal);
    if (source.isArchive && options.target === undefined && process.stdout.isTTY) {
      throw new Failure(
        'invalid-request',
        'An archive is not for a terminal: expected --target or a redirection',
      );
    }
    const target: Writable =
      options.target === undefined ? process.stdout : createWriteStream(options.target);
    try {
      await pipeline(source.stream, target, { end: options.target !== undefined, signal: workSignal });
    } catch (error) {
      workSignal.throwIfAborted();
      if (error instanceof Failure || errorCode(error) === undefined) throw error;
      const where = options.target ?? 'stdout';
      throw new Failure('unavailable', `${where} cannot be written to (${errorCode(error)})`, {
        cause: error,
      });
    }
    return 0;
  });
}

async function sourceOf(
  repository: Repository,
  tree: string,
  options: z.infer<typeof dumpOptions>,
  signal: AbortSignal,
): Promise<{ stream: Readable; isArchive: boolean }> {
  const node = await findNode(repository, tree, options.file, signal);
  if (node !== null && node.type === 'file') {
    return {
      stream: Readable.from(fileContent(repository, node, signal), { objectMode: false }),
      isArchive: false,
    };
  }
  const folder = node === null ? tree : node.subtree;
  if (folder === null) {
    throw new Failure(
      'path-not-found',
      `${displayPath(options.file)} is a ${node?.type} in the snapshot: expected a file or a folder`,
    );
  }
  const names = options.file.split('/').filter((name) => name !== '' && name !== '.');
  const prefix = names.map((name) => `${name}/`).join('');
  const entries = archiveEntries(repository, folder, prefix, signal);
  const make = options.archive === 'tar' ? tarArchive : zipArchive;
  return { stream: make(entries, (file) => fileContent(repository, file, signal)), isArchive: true };
}
