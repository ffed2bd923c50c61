import { z } from 'zod';
import { bandwidthLimit } from './bandwidth.ts';
import { byteCount, contentId, nodeName, repositoryId, resourceId, sourceAddress, timestamp } from './ids.ts';
import { remark } from './remark.ts';
import { carePlan, copyCare, copyReplication } from './repository-care.ts';
import { runKind, runState } from './run.ts';
import { allowedCommands } from './source-commands.ts';
import { verb } from './storage-token.ts';
import { absolutePath } from './task.ts';

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const roles = ['admin', 'operator', 'viewer'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

export const agent = z.object({
  id: resourceId,
  address: sourceAddress,
  role: z.enum(['source', 'maintenance']),
  state: z.enum(['idle', 'busy', 'offline']),
  lastHeartbeatAt: timestamp.nullable(),
  version: z.string(),
  platform: z.string(),
  clockOffsetMs: z.number().nullable(),
  insecureHttp: z.boolean(),
  createdAt: timestamp,
  repositoryId: repositoryId.nullable(),
  taskCount: byteCount,
  lastSuccessAt: timestamp.nullable(),
  /** Newest snapshot's size over this server's tasks; null before the first backup. */
  protectedBytes: byteCount.nullable(),
  /** What the server's own list of commands allowed when the agent last told; null when it never did. */
  commands: allowedCommands.extend({ reportedAt: timestamp }).nullable(),
  /** What all of its runs together may take of its line, each way; null: all there is. */
  bandwidth: bandwidthLimit.nullable(),
});
export type Agent = z.infer<typeof agent>;
export const agentPatch = z.strictObject({ bandwidth: bandwidthLimit.nullable() }).partial();

export const storageNode = z.object({
  id: resourceId,
  name: nodeName,
  url: z.string(),
  online: z.boolean(),
  lastHeartbeatAt: timestamp.nullable(),
  version: z.string(),
  health: z.enum(['ok', 'degraded', 'failing', 'unknown']),
  healthReason: z.string().nullable(),
  totalBytes: byteCount.nullable(),
  freeBytes: byteCount.nullable(),
  /** Same for nodes whose stores lie on one file system: their sizes are one and the same. */
  fileSystemId: z.string().nullable().optional(),
  usedByCopiesBytes: byteCount,
  copies: byteCount,
  transfersInFlight: byteCount,
  draining: z.boolean(),
  insecureHttp: z.boolean(),
  createdAt: timestamp,
  /** What all who use it together may take of its line, each way; null: all there is. */
  bandwidth: bandwidthLimit.nullable(),
});
export type StorageNode = z.infer<typeof storageNode>;
export const storageNodePatch = z
  .strictObject({ draining: z.boolean(), bandwidth: bandwidthLimit.nullable() })
  .partial();

export const copy = z.object({
  nodeId: resourceId,
  nodeName,
  url: z.string(),
  online: z.boolean(),
  bytes: byteCount,
  snapshots: byteCount,
  holdsNewest: z.boolean(),
  lastWriteAt: timestamp.nullable(),
  care: copyCare,
  replication: copyReplication,
});
export const repository = z.object({
  id: repositoryId,
  sourceAddress: sourceAddress.nullable(),
  createdAt: timestamp,
  /** When it was registered, having been made by stock restic; null for our own. */
  adoptedAt: timestamp.nullable(),
  /** restic's repository format: version 1 is read and restored from, not written. */
  formatVersion: z.union([z.literal(1), z.literal(2)]),
  kitConfirmedAt: timestamp.nullable(),
  copies: z.array(copy),
  /** On how many nodes it is to be complete, and on how many it is. */
  copiesWanted: byteCount,
  copiesComplete: byteCount,
  snapshotCount: byteCount,
  lastSnapshotAt: timestamp.nullable(),
  care: carePlan,
});
export type Repository = z.infer<typeof repository>;
export const repositoryInput = z.strictObject({ sourceAddress });

export const recoveryKit = z.object({
  repositoryId,
  password: z.string(),
  copies: z.array(z.object({ node: nodeName, url: z.string(), path: z.string().nullable() })),
  commands: z.array(z.string()),
});
export type RecoveryKit = z.infer<typeof recoveryKit>;

export const accessTokensInput = z.strictObject({
  verbs: z.array(verb.exclude(['probe'])).min(1),
  expiresInSeconds: z
    .number()
    .int()
    .min(60)
    .max(30 * 86400),
});
export const accessTokensAnswer = z.object({
  copies: z.array(
    z.object({ nodeName, url: z.string(), token: z.string(), jti: z.string(), expiresAt: timestamp }),
  ),
});

export const snapshot = z.object({
  id: contentId,
  repositoryId,
  taskId: resourceId.nullable(),
  taskName: z.string().nullable(),
  runId: resourceId.nullable(),
  sourceAddress: sourceAddress.nullable(),
  hostname: z.string(),
  paths: z.array(z.string()),
  /** The command whose output it is, with its parameters; null: files and folders. */
  command: z.string().nullable(),
  /** When restic says it was made, and when the control center got to know of it. */
  time: z.string(),
  recordedAt: timestamp,
  files: byteCount.nullable(),
  bytes: byteCount.nullable(),
  storedBytes: byteCount.nullable(),
  partial: z.boolean(),
  /** Somebody has said that the snapshot is as it should be, though it looked odd. */
  confirmedAt: timestamp.nullable(),
  copies: z.array(z.object({ nodeId: resourceId, nodeName, online: z.boolean() })),
});
export type Snapshot = z.infer<typeof snapshot>;

export const snapshotEntry = z.object({
  name: z.string(),
  path: z.string(),
  type: z.enum(['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular']),
  size: byteCount,
  mtime: z.string(),
  mode: byteCount,
  uid: byteCount,
  gid: byteCount,
  user: z.string().nullable(),
  group: z.string().nullable(),
  linkTarget: z.string().nullable(),
});
export const snapshotFiles = z.object({ path: z.string(), entries: z.array(snapshotEntry) });
export type SnapshotEntry = z.infer<typeof snapshotEntry>;

export const restoreInput = z.strictObject({
  snapshotId: contentId,
  paths: z.array(absolutePath).max(1000).default([]),
  target: z.strictObject({ address: sourceAddress, path: absolutePath }),
});
export type RestoreInput = z.infer<typeof restoreInput>;

export const speed = z.object({
  agentId: resourceId,
  agentAddress: sourceAddress,
  nodeId: resourceId,
  nodeName,
  bytesPerSecond: z.number().nullable(),
  samples: byteCount,
  lastSampleAt: timestamp.nullable(),
  /** Newest last, at most 30: for the sparkline. */
  recent: z.array(
    z.object({ at: timestamp, bytesPerSecond: z.number(), kind: z.enum(['probe', 'transfer']) }),
  ),
});
export type Speed = z.infer<typeof speed>;

export const event = z.object({
  id: z.string(),
  at: timestamp,
  level: z.enum(['info', 'warn', 'error']),
  /** Stable: what programs that are told of events tell them apart by. */
  kind: z.string(),
  message: z.string(),
  /** What `message` says, for readers of other languages; absent from an older control center. */
  remark: remark.optional(),
  subject: z.object({ type: z.string(), id: z.string() }).nullable(),
});
export type Event = z.infer<typeof event>;

/** One source server on the Overview, worst first. */
export const protectionState = z.enum(['ok', 'attention', 'failing', 'unprotected', 'unknown']);
export const dayState = z.enum(['ok', 'partial', 'failed', 'missed', 'none']);
export const overview = z.object({
  servers: z.array(
    z.object({
      address: sourceAddress,
      agentId: resourceId.nullable(),
      agentState: z.enum(['idle', 'busy', 'offline', 'none']),
      state: protectionState,
      reason: z.string().nullable(),
      remark: remark.nullable().optional(),
      missed: byteCount,
      lastSuccessAt: timestamp.nullable(),
      nextRunAt: timestamp.nullable(),
      tasks: byteCount,
      days: z.array(z.object({ date: z.string(), state: dayState, runs: byteCount })).length(30),
    }),
  ),
  running: z.array(z.object({ runId: resourceId, kind: runKind, state: runState, title: z.string() })),
  storage: z.object({
    totalBytes: byteCount,
    freeBytes: byteCount,
    usedByCopiesBytes: byteCount,
    nodesOnline: byteCount,
    nodes: byteCount,
  }),
  events: z.array(event),
  /** What keeps the Overview amber until it is done. */
  reminders: z.array(
    z.object({
      kind: z.enum(['recovery-kit', 'master-key', 'admin-password', 'insecure-http', 'under-copied']),
      message: z.string(),
      remark: remark.optional(),
      subjectId: z.string().nullable(),
    }),
  ),
});
export type Overview = z.infer<typeof overview>;

export const session = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    mustChangePassword: z.boolean(),
  }),
});
export type Session = z.infer<typeof session>;

export const user = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  createdAt: timestamp,
});
export const userInput = z.strictObject({
  email: z.email(),
  name: z.string().trim().min(1).max(100),
  role,
  password: z.string().min(12).max(128),
});
export const userPatch = z.strictObject({ name: z.string().trim().min(1).max(100), role }).partial();

/** `POST /session/password`: the signed-in user's own; every other session of theirs ends. */
export const passwordChange = z.strictObject({
  currentPassword: z.string().min(1).max(128),
  newPassword: z.string().min(12).max(128),
});

export const apiToken = z.object({
  id: resourceId,
  name: z.string(),
  role,
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  expiresAt: timestamp.nullable(),
});
export const apiTokenInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  role,
  expiresInSeconds: z
    .number()
    .int()
    .min(60)
    .max(5 * 365 * 86400)
    .nullable()
    .default(null),
});
export const apiTokenAnswer = z.object({ apiToken, secret: z.string() });

export const settings = z.object({
  notifications: z.object({
    webhookUrl: z.url().nullable(),
    smtp: z
      .object({
        host: z.string().min(1).max(255),
        port: z.number().int().min(1).max(65535),
        secure: z.boolean(),
        user: z.string().max(255).nullable(),
        hasPassword: z.boolean(),
        from: z.email(),
        to: z.array(z.email()).min(1).max(20),
      })
      .nullable(),
  }),
  masterKeyConfirmedAt: timestamp.nullable(),
  masterKeyLocation: z.string(),
  heartbeatWindowMs: byteCount,
  probeIntervalMs: byteCount,
  speedWindow: byteCount,
});
export type Settings = z.infer<typeof settings>;
export const settingsPatch = z
  .strictObject({
    notifications: z
      .strictObject({
        webhookUrl: z.url({ protocol: /^https?$/ }).nullable(),
        smtp: z
          .strictObject({
            host: z.string().min(1).max(255),
            port: z.number().int().min(1).max(65535),
            secure: z.boolean(),
            user: z.string().max(255).nullable(),
            /** Absent keeps the stored one. */
            password: z.string().max(1024).nullable().optional(),
            from: z.email(),
            to: z.array(z.email()).min(1).max(20),
          })
          .nullable(),
      })
      .partial(),
    masterKeyConfirmed: z.boolean(),
  })
  .partial();
export const notificationTest = z.strictObject({ channel: z.enum(['webhook', 'email']) });
export const notificationTestAnswer = z.object({ delivered: z.boolean(), detail: z.string() });
