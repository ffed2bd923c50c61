import { z } from 'zod';
import { readDataSubset } from './agent-run.ts';
import { contentId, nodeName, repositoryId, resourceId, timestamp } from './ids.ts';
import { maxUnused } from './prune-limits.ts';

/**
 * What the control center does for a repository by itself, through a maintenance agent: forget after each backup by
 * the tasks' retention, prune each copy, and read a part of each copy every day.
 */
export const carePlan = z.object({
  /** False: nothing of it happens by itself. */
  enabled: z.boolean(),
  pruneEveryDays: z.number().int().min(1).max(365),
  /** Every byte of each copy is read and verified once in so many days. */
  checkEveryByteDays: z.number().int().min(1).max(365),
});
export type CarePlan = z.infer<typeof carePlan>;
export const DEFAULT_CARE_PLAN: CarePlan = { enabled: true, pruneEveryDays: 7, checkEveryByteDays: 30 };

/** `PATCH /repositories/{id}`. */
export const repositoryPatch = z.strictObject({ care: z.strictObject(carePlan.shape).partial() }).partial();

/** More packs than this are not kept of one copy: the next check, after these are mended, names others. */
export const MAX_DAMAGED_PACKS = 500;

/**
 * What checks have found damaged on a copy. The next backup there does not rely on these packs and stores again what
 * the source still has; the prune after it clears them away; the next check that finds nothing closes the finding.
 */
export const copyDamage = z.object({
  foundAt: timestamp,
  /** The check that found it, or found something last. */
  runId: resourceId,
  /** Problems that check counted. */
  errors: z.number().int().nonnegative(),
  /** Packs that are missing or damaged and have not gone since: the first 500. */
  packIds: z.array(contentId).max(MAX_DAMAGED_PACKS),
  /** How many there were with those that are not named. */
  packs: z.number().int().nonnegative(),
  /** When a backup that knew of it was stored here last. */
  storedAgainAt: timestamp.nullable(),
});
export type CopyDamage = z.infer<typeof copyDamage>;

/** How one copy is cared for. */
export const copyCare = z.object({
  lastPrunedAt: timestamp.nullable(),
  /** The last check that came to a verdict, of whatever part. */
  lastCheckedAt: timestamp.nullable(),
  /** 0 to 1: which share of the packs was read and verified within the plan's days. */
  readShare: z.number().min(0).max(1),
  /** Null while the plan is off. May lie in the past: it is done as soon as it can be. */
  nextPruneAt: timestamp.nullable(),
  nextCheckAt: timestamp.nullable(),
  /** Since when every pack there is has been read and verified at least once; null: some never were. */
  allReadSince: timestamp.nullable(),
  /** Null: nothing that is known of. */
  damage: copyDamage.nullable(),
});
export type CopyCare = z.infer<typeof copyCare>;

/** How far one copy is behind the others. */
export const copyReplication = z.object({
  /** One of those that are kept complete; others hand over what only they have. */
  home: z.boolean(),
  /** Snapshots that lie on another copy and not on this one. */
  lacks: z.number().int().nonnegative(),
  /** When it last had fetched all that it was to. */
  replicatedAt: timestamp.nullable(),
  /** Replications to it that failed since, and when the next is tried. */
  failures: z.number().int().nonnegative(),
  nextTryAt: timestamp.nullable(),
});
export type CopyReplication = z.infer<typeof copyReplication>;

/** Which kinds of run take which fields. */
const takenBy: Record<string, readonly string[]> = {
  nodeId: ['check', 'prune', 'replicate'],
  readData: ['check'],
  readDataSubset: ['check'],
  maxUnused: ['prune'],
};
/**
 * `POST /repositories/{id}/runs`. Check and prune: of one copy, by default one that is online and holds the newest
 * snapshot. Forget: what the retention of the repository's tasks does not keep, on every copy. Replicate: the copy of
 * the node fetches what it lacks; where there is none it is made.
 */
export const repositoryRunInput = z
  .strictObject({
    kind: z.enum(['check', 'forget', 'prune', 'replicate']),
    nodeId: resourceId.optional(),
    /** Check: also read and verify every pack, not only the structure. */
    readData: z.boolean().optional(),
    /** Check: read and verify only these packs. */
    readDataSubset: readDataSubset.optional(),
    /** Prune: 5 % unless said otherwise. */
    maxUnused: maxUnused.optional(),
  })
  .superRefine((given, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    for (const [field, kinds] of Object.entries(takenBy)) {
      const value = given[field as keyof typeof given];
      if (value === undefined || kinds.includes(given.kind)) continue;
      refuse(field, `expected it with kind "${kinds.join('" or "')}" only`);
    }
    if (given.kind === 'replicate' && given.nodeId === undefined) {
      refuse('nodeId', 'expected the id of the storage node that is to fetch');
    }
    if (given.readData === true && given.readDataSubset !== undefined) {
      refuse('readDataSubset', 'expected it without "readData", which reads everything');
    }
  });
export type RepositoryRunInput = z.infer<typeof repositoryRunInput>;

/** A lock file on one copy. */
export const repositoryLock = z.object({
  nodeId: resourceId,
  nodeName,
  lockName: contentId,
  exclusive: z.boolean(),
  hostname: z.string(),
  username: z.string(),
  pid: z.number().int().nonnegative(),
  /** When it was made, or last refreshed. */
  since: timestamp,
  /** The run that said it is its own; null for one of somebody else, such as stock restic. */
  runId: resourceId.nullable(),
  /** Not refreshed for half an hour: nobody heeds it any more. */
  stale: z.boolean(),
});
export type RepositoryLock = z.infer<typeof repositoryLock>;

/** `GET /repositories/{id}/locks`: with the copies that could not be looked at. */
export const repositoryLocks = z.object({
  items: z.array(repositoryLock),
  unread: z.array(z.object({ nodeId: resourceId, nodeName, reason: z.string() })),
});
/** `DELETE /repositories/{id}/locks/{nodeId}/{name}`. */
export const lockParams = z.strictObject({
  id: repositoryId,
  nodeId: resourceId,
  name: contentId,
});
