import type { Remark } from '@breakwater/contract/remark';
import type { Repository } from '@breakwater/restic-format/repository';
import type { RepositoryWriter } from '@breakwater/restic-format/repository-writer';
import type { AccountNames } from '../source/account-names.ts';
import type { Selection } from '../source/selection.ts';
import type { BackupCounters } from './backup-counters.ts';
import type { Breather } from './breather.ts';
import type { ChangeRules } from './change-rules.ts';
import type { FileIssues } from './file-issues.ts';

/** What all parts of one running backup share. */
export interface BackupJob {
  readonly repository: Repository;
  readonly writer: RepositoryWriter;
  readonly selection: Selection;
  readonly changes: ChangeRules;
  /** Keep access times; else the modification time stands in their place, as restic does it. */
  readonly withAtime: boolean;
  /** Files read at once; undefined leaves it to the reader. */
  readonly readConcurrency: number | undefined;
  /** Told of what the selection leaves out; a raw path. */
  readonly onExcluded: ((path: string) => void) | undefined;
  readonly accounts: AccountNames;
  readonly counters: BackupCounters;
  readonly issues: FileIssues;
  /** Told what does not make the snapshot incomplete. */
  readonly onWarning: (said: Remark) => void;
  readonly breather: Breather;
  /** Ends everything: the caller's cancel, or the first failure that is not one file's. */
  readonly signal: AbortSignal;
}
