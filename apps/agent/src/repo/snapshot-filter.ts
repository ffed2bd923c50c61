import { resolve } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { hasTags, splitTagList } from '@breakwater/domain/retention-tags';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Snapshot, StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { Command } from 'commander';
import { z } from 'zod';
import { displayPath } from '../source/display-path.ts';
import { readBackupVariables } from './config.ts';
import { collect } from './repo-action.ts';

/** `--host`, `--tag` and `--path`: which snapshots are meant. Each may be given more than once. */
export const snapshotFilterOptions = z.object({
  host: z.array(z.string()).optional(),
  tag: z.array(z.string()).optional(),
  path: z.array(z.string()).optional(),
});

export interface SnapshotFilter {
  /** Any of these; none means every host. */
  hosts: readonly string[];
  /** Any of these lists, of which a snapshot has every tag; none means all. */
  tagLists: readonly (readonly string[])[];
  /** All of these. */
  paths: readonly string[];
}

export function addSnapshotFilter(command: Command): Command {
  return command
    .option('--host <host>', 'only snapshots of this host (repeatable; RESTIC_HOST)', collect)
    .option('--tag <tags>', 'only snapshots with all of these tags, comma-separated (repeatable)', collect)
    .option('--path <path>', 'only snapshots that include this path (repeatable)', collect);
}

/** The filter of the options given; RESTIC_HOST counts where no `--host` is, and `--host ""` unsets it. */
export function snapshotFilterOf(options: z.infer<typeof snapshotFilterOptions>): SnapshotFilter {
  const { host } = readBackupVariables();
  const hosts = options.host ?? (host === undefined ? [] : [host]);
  return {
    hosts: hosts.length === 1 && hosts[0] === '' ? [] : hosts,
    tagLists: (options.tag ?? []).map(splitTagList),
    paths: (options.path ?? []).map((path) => resolve(path)),
  };
}

export function isEmptyFilter({ hosts, tagLists, paths }: SnapshotFilter): boolean {
  return hosts.length + tagLists.length + paths.length === 0;
}

export function matchesFilter(snapshot: Snapshot, { hosts, tagLists, paths }: SnapshotFilter): boolean {
  const here = snapshot.paths.map(displayPath);
  return (
    (hosts.length === 0 || hosts.includes(snapshot.hostname)) &&
    (tagLists.length === 0 || tagLists.some((tags) => hasTags(snapshot.tags, tags))) &&
    paths.every((path) => here.includes(path))
  );
}

/**
 * The snapshots that ids, unique prefixes and `latest` (of those that match) name, each once; without any, all that
 * match. Oldest first. Throws `snapshot-not-found`, and `invalid-request` for a filter that would go unused.
 */
export async function findSnapshots(
  repository: Repository,
  ids: readonly string[],
  filter: SnapshotFilter,
  signal: AbortSignal,
): Promise<StoredSnapshot[]> {
  if (ids.length > 0 && !ids.includes('latest')) {
    if (!isEmptyFilter(filter)) {
      throw new Failure(
        'invalid-request',
        `--host, --tag and --path choose among all snapshots, but ids are given: ${ids.join(' ')}`,
      );
    }
    return await loadNamed(repository, ids, signal);
  }
  const all = await repository.listSnapshots(signal);
  const matching = all.filter(({ snapshot }) => matchesFilter(snapshot, filter));
  if (ids.length === 0) return matching;
  const latest = matching.at(-1);
  if (latest === undefined) {
    throw new Failure('snapshot-not-found', `${repository.store.location} has no snapshot that matches`);
  }
  return await loadNamed(
    repository,
    ids.map((id) => (id === 'latest' ? latest.id : id)),
    signal,
  );
}

async function loadNamed(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<StoredSnapshot[]> {
  const found = new Map<string, StoredSnapshot>();
  for (const id of ids) {
    const snapshot = await repository.loadSnapshot(id, signal);
    found.set(snapshot.id, snapshot);
  }
  return [...found.values()];
}
