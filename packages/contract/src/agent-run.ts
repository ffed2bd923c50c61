import { parseCheckSubset } from '@breakwater/domain/check-subset';
import { z } from 'zod';
import { agentBandwidth } from './bandwidth.ts';
import { failureMessage } from './failure-codes.ts';
import { contentId, epochMs, byteCount, repositoryId, resourceId, sourceAddress, nodeName } from './ids.ts';
import { nodeLoad, placement, strategy } from './placement.ts';
import { maxUnused } from './prune-limits.ts';
import { remarkSense } from './remark.ts';
import {
  fileIssue,
  MAX_REPORTED_ISSUES,
  MAX_RUN_LOCKS,
  runLock,
  runProgress,
  runStats,
  speedPoint,
} from './run.ts';
import { commandResult, NO_HOOKS, namedCommand, runHooks } from './source-commands.ts';

/** As many as are kept of a copy (`MAX_DAMAGED_PACKS` in repository-care.ts). */
export const MAX_DISTRUSTED_PACKS = 500;

/** A storage node as an agent is told of it for one run: where it is, what it may take, with which token. */
export const runNode = z.object({
  nodeId: resourceId,
  nodeName,
  url: z.url(),
  token: z.string(),
  /** Why this node may not be a target: null when it may. */
  refusal: z.string().nullable(),
  freeBytes: byteCount.nullable(),
  /** The control center's estimate of what this node's copy lacks; null when unknown (a first backup). */
  bytesToSend: byteCount.nullable(),
  /** What a quota still leaves; null or absent where there is none. */
  quotaLeftBytes: byteCount.nullable().optional(),
  /** Backups that were sent out to this node, and whatever else it has in hand; this run's own left out. */
  load: nodeLoad.optional(),
  /** True when this node already holds the repository's config and keys. */
  hasCopy: z.boolean(),
  /** Packs on this copy in which a check found damage: a backup stores again what lies in them. */
  distrustedPacks: z.array(contentId).max(MAX_DISTRUSTED_PACKS).optional(),
});
export type RunNode = z.infer<typeof runNode>;

export const repositoryAccess = z.object({ repositoryId, password: z.string().min(1) });

/** What an agent is asked to do. `attempt` grows when the same run is dispatched again. */
export const backupOrder = z.object({
  kind: z.literal('backup'),
  runId: resourceId,
  attempt: z.number().int().positive(),
  repository: repositoryAccess,
  /** As the message of the same name; absent where nothing is limited. */
  bandwidth: agentBandwidth.optional(),
  /** Host name to put into the snapshot: the source address. */
  hostname: z.string(),
  /** May be empty where there are commands. */
  paths: z.array(z.string()),
  /** Each is one snapshot of its own; they go before the paths. The agent runs only what its own list allows. */
  commands: z.array(namedCommand).max(64).default([]),
  hooks: runHooks.default(NO_HOOKS),
  excludes: z.array(z.string()),
  tags: z.array(z.string()),
  strategy,
  pinnedNodeId: resourceId.nullable(),
  /** Where the task's last backup went, and by how much (a part of 1) another has to be sooner for it to be left. */
  usualNodeId: resourceId.nullable().optional(),
  margin: z.number().min(0).max(1).optional(),
  nodes: z.array(runNode),
});
export const restoreOrder = z.object({
  kind: z.literal('restore'),
  runId: resourceId,
  attempt: z.number().int().positive(),
  repository: repositoryAccess,
  bandwidth: agentBandwidth.optional(),
  snapshotId: contentId,
  /** Paths inside the snapshot; empty means all of it. */
  paths: z.array(z.string()),
  targetPath: z.string(),
  nodes: z.array(runNode),
});
/** Which packs a check reads: `n/t` (always the same), `x%` or a size such as `500M` (random). */
export const readDataSubset = z.string().superRefine((text, context) => {
  const parsed = parseCheckSubset(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.expected });
});
export const checkOrder = z.object({
  kind: z.literal('check'),
  runId: resourceId,
  attempt: z.number().int().positive(),
  repository: repositoryAccess,
  bandwidth: agentBandwidth.optional(),
  readData: z.boolean(),
  readDataSubset: readDataSubset.optional(),
  nodes: z.array(runNode).length(1),
});
/** More are forgotten by the next run. */
export const MAX_FORGOTTEN_AT_ONCE = 1000;
/** Removes these snapshots from every copy given, each locked exclusively. */
export const forgetOrder = z.object({
  kind: z.literal('forget'),
  runId: resourceId,
  attempt: z.number().int().positive(),
  repository: repositoryAccess,
  bandwidth: agentBandwidth.optional(),
  snapshotIds: z.array(contentId).min(1).max(MAX_FORGOTTEN_AT_ONCE),
  nodes: z.array(runNode).min(1),
});
/** Removes what no snapshot of one copy needs any more. */
export const pruneOrder = z.object({
  kind: z.literal('prune'),
  runId: resourceId,
  attempt: z.number().int().positive(),
  repository: repositoryAccess,
  bandwidth: agentBandwidth.optional(),
  maxUnused,
  /** In which a check found damage: they go as soon as all that is in use of them lies elsewhere or can be read. */
  distrustedPacks: z.array(contentId).max(MAX_DISTRUSTED_PACKS).optional(),
  nodes: z.array(runNode).length(1),
});
export const runOrder = z.discriminatedUnion('kind', [
  backupOrder,
  restoreOrder,
  checkOrder,
  forgetOrder,
  pruneOrder,
]);
export type RunOrder = z.infer<typeof runOrder>;
export type BackupOrder = z.infer<typeof backupOrder>;
export type RestoreOrder = z.infer<typeof restoreOrder>;
export type CheckOrder = z.infer<typeof checkOrder>;
export type ForgetOrder = z.infer<typeof forgetOrder>;
export type PruneOrder = z.infer<typeof pruneOrder>;

/** A snapshot as it is in the repository, for the catalog. */
export const reportedSnapshot = z.object({
  id: contentId,
  time: z.string(),
  hostname: z.string(),
  paths: z.array(z.string()),
  tree: contentId,
  tags: z.array(z.string()),
  parent: contentId.nullable(),
});

/** What a check found: packs that are missing, damaged, or have trees in them that cannot be read. */
export const damageReport = z.object({
  packIds: z.array(contentId).max(MAX_DISTRUSTED_PACKS),
  /** With those beyond the first 500. */
  packs: byteCount,
  errors: byteCount,
  /** False: an index file was damaged, so that packs were not looked at. */
  packsJudged: z.boolean(),
});
export type DamageReport = z.infer<typeof damageReport>;

/** What an agent says of a run and must not be lost: kept in its outbox until the control center has it. */
export const runReport = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), at: epochMs }),
  z.object({ type: z.literal('placed'), at: epochMs, placement }),
  z.object({
    type: z.literal('note'),
    at: epochMs,
    level: z.enum(['info', 'warn', 'error']),
    message: z.string().max(2000),
    /** What `message` says, where it is the agent's own. */
    sense: remarkSense.optional(),
  }),
  /** One command has ended, or never began. */
  z.object({ type: z.literal('command'), at: epochMs, result: commandResult }),
  /** Of a run with commands: one of its snapshots is made, whatever becomes of the others. */
  z.object({
    type: z.literal('snapshot'),
    at: epochMs,
    nodeId: resourceId,
    /** The command's label; null: the paths. */
    command: z.string().max(8192).nullable(),
    snapshot: reportedSnapshot,
    stats: runStats,
    partial: z.boolean(),
  }),
  z.object({
    type: z.literal('ended'),
    at: epochMs,
    outcome: z.enum(['succeeded', 'partial', 'failed', 'cancelled']),
    reason: z.string().max(4000).nullable(),
    /** What `reason` says, where it is the agent's own. */
    sense: remarkSense.nullable().optional(),
    failure: failureMessage.nullable(),
    nodeId: resourceId.nullable(),
    snapshotId: contentId.nullable(),
    snapshot: reportedSnapshot.nullable(),
    stats: runStats,
    issues: z.array(fileIssue).max(MAX_REPORTED_ISSUES),
    issueCount: byteCount,
    progress: runProgress.nullable(),
    /** Lock files that the run could not remove; nobody holds them any more. */
    /** What a forget run has removed, or found gone, on each copy. */
    forgotten: z
      .array(z.object({ nodeId: resourceId, snapshotIds: z.array(contentId).max(MAX_FORGOTTEN_AT_ONCE) }))
      .optional(),
    /** What a check has found. */
    damage: damageReport.optional(),
    /** Which of the distrusted packs of its order no index names after a prune. */
    distrustedGone: z.array(contentId).max(MAX_DISTRUSTED_PACKS).optional(),
    locksLeft: z.array(runLock).max(MAX_RUN_LOCKS).optional(),
    speedCurve: z.array(speedPoint).max(2000),
  }),
]);
export type RunReport = z.infer<typeof runReport>;

/** One outbox entry. `seq` grows per agent; the control center applies (runId, attempt, seq) once and acks. */
export const runReportEnvelope = z.object({
  seq: z.number().int().positive(),
  runId: resourceId,
  attempt: z.number().int().positive(),
  report: runReport,
});
export type RunReportEnvelope = z.infer<typeof runReportEnvelope>;

export const agentAddressed = z.object({ address: sourceAddress });
