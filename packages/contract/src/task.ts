import { z } from 'zod';
import { bandwidthLimit } from './bandwidth.ts';
import { repositoryId, resourceId, sourceAddress, timestamp } from './ids.ts';
import { strategy } from './placement.ts';
import { remark } from './remark.ts';
import { retention } from './retention.ts';
import { runState } from './run.ts';
import { NO_HOOKS, namedCommand, runHooks } from './source-commands.ts';

export const absolutePath = z
  .string()
  .min(1)
  .max(4096)
  .refine((p) => p.startsWith('/') && !p.includes('\0'), 'expected an absolute path');

export const schedule = z.strictObject({
  /** Five fields, as crontab(5). */
  cron: z.string().min(1).max(100),
  /** IANA name such as Europe/Berlin. */
  timeZone: z.string().min(1).max(64),
});

/** What a task without anything is refused with. */
export const NOTHING_TO_BACK_UP = 'at least one path or command';

export const MAX_COPIES = 16;

const fields = {
  name: z.string().trim().min(1).max(100),
  sourceAddress,
  paths: z.array(absolutePath).max(256),
  /** Commands of the server's own list whose output is backed up, each as a snapshot of its own. */
  commands: z.array(namedCommand).max(64),
  /** Commands of that list which run before and after each backup. */
  hooks: runHooks,
  excludes: z.array(z.string().min(1).max(4096)).max(1000),
  schedule: schedule.nullable(),
  strategy,
  nodeId: resourceId.nullable(),
  ifAgentSilent: z.enum(['stop', 'wait']),
  /** Nodes that are to hold each snapshot completely; null: two, as soon as there are two. */
  copies: z.number().int().min(1).max(MAX_COPIES).nullable(),
  repositoryId: repositoryId.nullable(),
  /** How fast its backups may go, at which hours; null: as fast as they can. */
  bandwidth: bandwidthLimit.nullable(),
  /** Which of its snapshots are kept; null: all of them. */
  retention: retention.nullable(),
};
export const taskInput = z
  .strictObject({
    ...fields,
    paths: fields.paths.default([]),
    commands: fields.commands.default([]),
    hooks: fields.hooks.default(NO_HOOKS),
    excludes: fields.excludes.default([]),
    schedule: fields.schedule.default(null),
    strategy: strategy.default('finish-first'),
    nodeId: fields.nodeId.default(null),
    ifAgentSilent: fields.ifAgentSilent.default('stop'),
    copies: fields.copies.default(null),
    repositoryId: fields.repositoryId.default(null),
    retention: fields.retention.default(null),
    bandwidth: fields.bandwidth.default(null),
  })
  .refine((t) => (t.strategy === 'pinned') === (t.nodeId !== null), {
    path: ['nodeId'],
    message: 'a node id with strategy "pinned", and only then',
  })
  .refine((t) => t.paths.length + t.commands.length > 0, {
    path: ['paths'],
    message: NOTHING_TO_BACK_UP,
  });
export const taskPatch = z.strictObject(fields).omit({ sourceAddress: true, repositoryId: true }).partial();
export type TaskInput = z.infer<typeof taskInput>;
export type TaskPatch = z.infer<typeof taskPatch>;

export const task = z.object({
  id: resourceId,
  ...fields,
  enabled: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
  nextRunAt: timestamp.nullable(),
  lastRun: z
    .object({ id: resourceId, state: runState, endedAt: timestamp.nullable(), createdAt: timestamp })
    .nullable(),
  lastSuccessAt: timestamp.nullable(),
});
export type Task = z.infer<typeof task>;

/** Something that may be a mistake, though what was asked for was done. */
export const fieldWarning = z.object({ field: z.string(), given: z.string(), message: z.string(), remark });
/** `POST /tasks` and `PATCH /tasks/{id}`. A path may come later, such as a mount: it is warned of, not refused. */
export const taskAnswer = task.extend({ warnings: z.array(fieldWarning) });
export type TaskAnswer = z.infer<typeof taskAnswer>;
