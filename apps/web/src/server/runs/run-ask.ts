import { readDataSubset } from '@breakwater/contract/agent-run';
import { contentId, resourceId, sourceAddress } from '@breakwater/contract/ids';
import { strategy } from '@breakwater/contract/placement';
import { maxUnused } from '@breakwater/contract/prune-limits';
import { NO_HOOKS, namedCommand, runHooks } from '@breakwater/contract/source-commands';
import { z } from 'zod';

/**
 * What a run was asked to do, as it was when the run was made: a task that is edited later does not change it.
 * Kept in `Run.order`.
 */
export const runAsk = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('backup'),
    paths: z.array(z.string()),
    /** Absent in runs from before there were any. */
    commands: z.array(namedCommand).default([]),
    hooks: runHooks.default(NO_HOOKS),
    excludes: z.array(z.string()),
    strategy,
    pinnedNodeId: resourceId.nullable(),
  }),
  z.object({
    kind: z.literal('restore'),
    snapshotId: contentId,
    paths: z.array(z.string()),
    targetAddress: sourceAddress,
    targetPath: z.string(),
  }),
  z.object({
    kind: z.literal('check'),
    readData: z.boolean(),
    readDataSubset: readDataSubset.optional(),
    nodeId: resourceId,
  }),
  /** Unless named, filled in when it goes out: until then the retention of tasks may change. */
  z.object({
    kind: z.literal('forget'),
    snapshotIds: z.array(contentId),
    /** Somebody has named the snapshots: no retention is asked. */
    named: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('prune'), maxUnused, nodeId: resourceId }),
  z.object({
    kind: z.literal('replicate'),
    /** The node that fetches. */
    nodeId: resourceId,
    /** The one that it fetches from; null until that is decided. */
    sourceId: resourceId.nullable(),
    /** What the source has no use for goes, too. */
    mirror: z.boolean(),
  }),
]);
export type RunAsk = z.infer<typeof runAsk>;
