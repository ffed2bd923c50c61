import { asFailure, type Failure } from '@breakwater/domain/failure';
import { formatGoTime, goTimeToMs } from '@breakwater/restic-format/go-time';
import { openRepository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { withCopyStore } from '../repositories/copy-store.ts';
import type { FoundSnapshot } from '../snapshots/catalog-found-snapshots.ts';

/** What the files of a repository that lies on a node say, opened with a password. */
export interface ReadCopy {
  formatVersion: 1 | 2;
  configBytes: Uint8Array<ArrayBuffer>;
  /** The key file that the password opened. */
  keyName: string;
  keyBytes: Uint8Array<ArrayBuffer>;
  /** Oldest first. */
  snapshots: Omit<FoundSnapshot, 'sourceAddress'>[];
  /** Names of files that could not be opened as snapshots. */
  unreadable: string[];
}

/**
 * Opens the repository in this folder of a node, and reads its snapshots; nothing is written. What is wrong with the
 * folder or the password is `invalid-request` naming the field; trouble with the node is thrown as it comes.
 */
export async function readFoundCopy(
  center: Pick<Center, 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; name: string; url: string },
  password: string,
): Promise<ReadCopy> {
  try {
    return await withCopyStore(center, repositoryId, node, async (store) => {
      const opened = await openRepository(store, password);
      const [config, key] = await Promise.all([
        store.read('config', 'config'),
        store.read('keys', opened.keyId),
      ]);
      const unreadable: string[] = [];
      const snapshots = await opened.listSnapshots(undefined, { onDamaged: (name) => unreadable.push(name) });
      return {
        formatVersion: opened.config.version,
        configBytes: new Uint8Array(config),
        keyName: opened.keyId,
        keyBytes: new Uint8Array(key),
        snapshots: snapshots.map(foundSnapshot),
        unreadable,
      };
    });
  } catch (error) {
    throw refusalOf(asFailure(error), repositoryId, node.name);
  }
}

function foundSnapshot({ id, snapshot }: StoredSnapshot): ReadCopy['snapshots'][number] {
  const { time, hostname, paths, tree, summary } = snapshot;
  return {
    id,
    hostname,
    paths,
    tree,
    time: formatGoTime(time),
    madeAt: new Date(goTimeToMs(time)),
    files: summary?.totalFilesProcessed ?? null,
    bytes: summary?.totalBytesProcessed ?? null,
    storedBytes: summary?.dataAddedPacked ?? null,
  };
}

function refusalOf(failure: Failure, repositoryId: string, nodeName: string): Failure {
  if (failure.code === 'wrong-password') {
    return refusedField('password', '', 'the password of one of the keys of this repository');
  }
  if (failure.code === 'not-found') {
    return refusedField('repositoryId', repositoryId, `the folder of a restic repository on ${nodeName}`);
  }
  if (failure.code === 'repository-damaged' || failure.code === 'unsupported-format') {
    return refusedField(
      'repositoryId',
      repositoryId,
      `a repository that can be read, but ${failure.message}`,
    );
  }
  return failure;
}
