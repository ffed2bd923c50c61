import type { Repository } from '@breakwater/restic-format/repository';
import type { RepositoryWriter } from '@breakwater/restic-format/repository-writer';
import type { AccountNames } from '../source/account-names.ts';
import type { IsExcluded } from '../source/exclude-patterns.ts';
import type { BackupCounters } from './backup-counters.ts';
import type { Breather } from './breather.ts';
import type { FileIssues } from './file-issues.ts';

/** What all parts of one running backup share. */
export interface BackupJob {
  readonly repository: Repository;
  readonly writer: RepositoryWriter;
  readonly isExcluded: IsExcluded;
  readonly accounts: AccountNames;
  readonly counters: BackupCounters;
  readonly issues: FileIssues;
  readonly breather: Breather;
  /** Ends everything: the caller's cancel, or the first failure that is not one file's. */
  readonly signal: AbortSignal;
}
