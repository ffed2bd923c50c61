import { z } from 'zod';
import { heldBy } from './bandwidth.ts';
import { failureMessage } from './failure-codes.ts';
import { byteCount, contentId, repositoryId, resourceId, sourceAddress, timestamp } from './ids.ts';
import { placement } from './placement.ts';
import { remark, remarkSense } from './remark.ts';
import { commandResult } from './source-commands.ts';

export const runKinds = ['backup', 'restore', 'check', 'forget', 'prune', 'replicate', 'drill'] as const;
export const runKind = z.enum(runKinds);
export type RunKind = z.infer<typeof runKind>;

export const runStates = [
  'queued',
  'waiting',
  'dispatched',
  'running',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'stopped',
] as const;
export const runState = z.enum(runStates);

/** What a running run has done so far. Counters only ever grow within one attempt; unknown totals are null. */
export const runProgress = z.object({
  phase: z.enum([
    'starting',
    'placing',
    'scanning',
    'transferring',
    'finishing',
    'retrying',
    'waiting-for-node',
  ]),
  /** Files and source bytes dealt with, unchanged ones too. */
  filesDone: byteCount,
  bytesDone: byteCount,
  /** Totals of the scan; null until it has ended. */
  filesTotal: byteCount.nullable(),
  bytesTotal: byteCount.nullable(),
  /** Bytes sent to the node so far, after dedup, compression and encryption. */
  bytesSent: byteCount,
  /** Source bytes a second over the last few seconds. */
  bytesPerSecond: z.number().nonnegative(),
  /** Network bytes a second to (or from) the node over the last few seconds. */
  sentPerSecond: z.number().nonnegative(),
  etaSeconds: z.number().nonnegative().nullable(),
  currentFile: z.string().max(4096).nullable(),
  nodeName: z.string().nullable(),
  errors: byteCount,
  /** A sentence when something holds the run up. */
  note: z.string().max(1000).nullable(),
  /** What `note` says, for readers of other languages; absent from an older agent. */
  noteSense: remarkSense.nullable().optional(),
  /** The limit on bandwidth that sets the pace; absent while none does. */
  heldBy: heldBy.optional(),
});
export type RunProgress = z.infer<typeof runProgress>;

/** Of a run that has done nothing yet. */
export const NO_PROGRESS: RunProgress = {
  phase: 'starting',
  filesDone: 0,
  bytesDone: 0,
  filesTotal: null,
  bytesTotal: null,
  bytesSent: 0,
  bytesPerSecond: 0,
  sentPerSecond: 0,
  etaSeconds: null,
  currentFile: null,
  nodeName: null,
  errors: 0,
  note: null,
};

/** A lock file of a run, on the copy of its repository that a node has. */
export const runLock = z.object({ nodeId: resourceId, name: contentId });
export type RunLock = z.infer<typeof runLock>;
export const MAX_RUN_LOCKS = 64;

/** A file that could not be taken or written. `path` as restic quotes it where it is not UTF-8. */
export const fileIssue = z.object({
  path: z.string().max(8192),
  during: z.enum(['scan', 'read', 'restore']),
  code: z.enum(['unreadable', 'vanished', 'shrank', 'unsupported', 'damaged', 'refused', 'unwritable']),
  message: z.string().max(2000),
  /** What `message` says, where it is the agent's own; absent from an older agent. */
  sense: remarkSense.optional(),
});
export type FileIssue = z.infer<typeof fileIssue>;
export const MAX_REPORTED_ISSUES = 1000;

/** Final figures of a run, as far as the kind has them. Durations in seconds, sizes in bytes. */
export const runStats = z
  .object({
    filesNew: byteCount,
    filesChanged: byteCount,
    filesUnmodified: byteCount,
    dirsNew: byteCount,
    dirsChanged: byteCount,
    dirsUnmodified: byteCount,
    /** Source bytes read or found unchanged. */
    bytesProcessed: byteCount,
    /** Bytes of blobs that the copy did not have: before and after compression and encryption. */
    bytesAdded: byteCount,
    bytesStored: byteCount,
    filesRestored: byteCount,
    bytesRestored: byteCount,
    /** Snapshots that no copy has any more. */
    snapshotsForgotten: byteCount,
    /** Bytes of what nothing needed any more; of blobs that were moved to new packs; packs that are gone. */
    bytesFreed: byteCount,
    bytesRepacked: byteCount,
    packsRemoved: byteCount,
    durationSeconds: z.number().nonnegative(),
  })
  .partial();
export type RunStats = z.infer<typeof runStats>;

/** One line of the network's history in a run: a point of the speed curve. */
export const speedPoint = z.object({
  atMs: z.number(),
  bytesPerSecond: z.number().nonnegative(),
  nodeName: z.string().nullable(),
});

export const run = z.object({
  id: resourceId,
  kind: runKind,
  taskId: resourceId.nullable(),
  taskName: z.string().nullable(),
  sourceAddress: sourceAddress.nullable(),
  agentId: resourceId.nullable(),
  repositoryId: repositoryId.nullable(),
  state: runState,
  /** Why the run is in this state, in words; always present for waiting, failed, stopped. */
  reason: z.string().nullable(),
  /** What `reason` says, for readers of other languages; absent from an older control center. */
  remark: remark.nullable().optional(),
  failure: failureMessage.nullable(),
  attempt: z.number().int().positive(),
  trigger: z.enum(['manual', 'schedule', 'api']),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  progress: runProgress.nullable(),
  placement: placement.nullable(),
  snapshotId: contentId.nullable(),
  stats: runStats.nullable(),
  issueCount: byteCount,
  /** What a restore reads and where to. */
  restore: z
    .object({
      snapshotId: contentId,
      paths: z.array(z.string()),
      targetAddress: sourceAddress,
      targetPath: z.string(),
    })
    .nullable(),
  /** Of a replication: which node fetches, and from which; null until that is decided. */
  replication: z
    .object({ nodeId: resourceId, sourceId: resourceId.nullable(), mirror: z.boolean() })
    .nullable(),
});
export type Run = z.infer<typeof run>;

/** A line of a run's log. `sense`: what `message` says, where it is the agent's own; absent from an older agent. */
export const runLogLine = z.object({
  at: timestamp,
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  sense: remarkSense.optional(),
});

/** `GET /runs/{id}`: with the lists that would be too long for a table. */
export const runDetail = run.extend({
  issues: z.array(fileIssue),
  placements: z.array(placement.extend({ at: timestamp })),
  log: z.array(runLogLine),
  speedCurve: z.array(speedPoint),
  /** Its commands and hooks, in the order in which they ended. */
  commands: z.array(commandResult),
});
export type RunDetail = z.infer<typeof runDetail>;

export const startRunAnswer = z.object({ runId: resourceId, coalesced: z.boolean() });
