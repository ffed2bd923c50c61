import type { RunReport } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import type { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import type { CenterLink } from '../link/center-link.ts';
import type { PackJournal } from '../outbox/pack-journal.ts';
import type { EndedReport } from '../outbox/run-journal.ts';
import type { Bandwidth, RunBandwidth } from '../bandwidth/bandwidth.ts';
import type { Prober } from '../speed/prober.ts';
import type { SpeedTable } from '../speed/speed-table.ts';
import type { ProgressBoard } from './progress-board.ts';
import type { RunLocks } from './run-locks.ts';
import type { RunNodes } from './run-nodes.ts';

/** What bounds a run, in milliseconds. */
export interface RunLimits {
  /** How long a node may keep failing before the run goes on with another. */
  nodeRetryMs: number;
  /** How long a backup waits for any node to come back before it fails. */
  nodeWaitMs: number;
}

/** What the daemon gives to every run. */
export interface RunSurroundings {
  link: Pick<CenterLink, 'connected' | 'request' | 'sendVolatile'>;
  speeds: SpeedTable;
  prober: Pick<Prober, 'freshen'>;
  limits: RunLimits;
  packs: PackJournal;
  limitsOnLine: Pick<Bandwidth, 'hear' | 'openRun'>;
  /** Given on the agent's own command line: restores may go anywhere, not only into fresh folders. */
  allowRestoreAnywhere: boolean;
  /** The file that lists the commands which may run here; null: none may. */
  allowCommands: string | null;
}

/** What one run works with. */
export interface RunContext extends Omit<RunSurroundings, 'limitsOnLine'> {
  /** Ends with a Failure as its reason: `cancelled` or `interrupted`. */
  signal: AbortSignal;
  /** The agent itself is being stopped. */
  stopping: AbortSignal;
  /** Durable; delivered in order. */
  report: (report: Exclude<RunReport, EndedReport>) => void;
  note: (level: 'info' | 'warn' | 'error', said: Remark | string) => void;
  progress: ProgressBoard;
  nodes: RunNodes;
  locks: RunLocks;
  bandwidth: RunBandwidth;
  logger: Logger;
}

/** How a run ended, but for what the daemon itself adds to the report. */
export type RunOutcome = Pick<
  EndedReport,
  | 'outcome'
  | 'reason'
  | 'sense'
  | 'nodeId'
  | 'snapshotId'
  | 'snapshot'
  | 'stats'
  | 'issues'
  | 'issueCount'
  | 'forgotten'
  | 'damage'
  | 'distrustedGone'
> & { failure: Failure | null };

export const NOTHING_DONE = {
  nodeId: null,
  snapshotId: null,
  snapshot: null,
  stats: {},
  issues: [],
  issueCount: 0,
} satisfies Partial<RunOutcome>;
