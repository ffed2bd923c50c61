import { Failure } from '@breakwater/domain/failure';
import type { Repository } from './repository.ts';

/**
 * Format version 1 is read, not written: throws `unsupported-format` with what to do. Forgetting snapshots and
 * managing keys and locks are the same in both versions.
 */
export function refuseVersion1(repository: Repository): void {
  if (repository.config.version !== 1) return;
  throw new Failure(
    'unsupported-format',
    `${repository.store.location} has repository format version 1, which this program reads but does not write. ` +
      'Upgrade it with stock restic (0.14 or newer) first: restic migrate upgrade_repo_v2',
  );
}
