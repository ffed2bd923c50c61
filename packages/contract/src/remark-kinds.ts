import { z } from 'zod';
import { agentRemarkKinds } from './agent-remark-kinds.ts';
import { failureCode } from './failure-codes.ts';
import { byteCount } from './ids.ts';
import { remark } from './remark.ts';
import { runKind, runState } from './run.ts';

const nothing = z.object({});
const by = z.string();
const count = byteCount;
/** Why, where somebody said why. */
const reason = remark.nullable();
/** The repository's server, or its id when it belongs to none. */
const of = z.string();
const peer = z.enum(['agent', 'maintenance', 'storage-node']);

/** Why a run is in its state. */
const ofRuns = {
  'agent-never-heard': nothing,
  'agent-silent': z.object({ seconds: count }),
  'agent-disconnected': nothing,
  'agent-busy': nothing,
  'clock-skew': z.object({ minutes: count, way: z.enum(['ahead', 'behind']) }),
  'no-agent': z.object({ address: z.string() }),
  'no-maintenance-agent': nothing,
  'maintenance-backs-nothing-up': z.object({ address: z.string() }),
  'no-node': nothing,
  'pinned-node-gone': nothing,
  'copy-node-gone': nothing,
  'snapshot-nowhere': nothing,
  /** `nodes`: a `node-refused` for each. */
  'no-node-takes-it': z.object({ nodes: z.array(remark) }),
  'snapshot-unreadable': z.object({ nodes: z.array(remark) }),
  'copy-unreadable': z.object({ nodes: z.array(remark) }),
  'node-refused': z.object({
    node: z.string(),
    why: z.enum(['offline', 'draining', 'full', 'unhealthy', 'other']),
    /** What the node says of its health, or words for another reason. */
    detail: z.string().nullable(),
  }),
  'order-turned-down': z.object({ detail: z.string().nullable() }),
  'order-not-taken': nothing,
  'cancelled-by': z.object({ by }),
  'cancelled-after-loss': nothing,
  'no-word-for-hours': z.object({ hours: count }),
  'run-lost': nothing,
  'agent-was-released': nothing,
  'center-was-down': nothing,
  /** A forget or prune waits for what goes on in the repository. */
  'repository-in-use': z.object({ run: runKind, task: z.string().nullable() }),
  /** A forget or prune goes on in the repository, and whatever else waits. */
  'repository-in-care': z.object({ run: runKind }),
  /** A forget or prune has waited since then; this run waits for it, until then at most. */
  'care-goes-first': z.object({ run: runKind, since: z.iso.datetime(), until: z.iso.datetime() }),
  'copies-away': z.object({ nodes: z.array(remark) }),
  'nothing-to-forget': nothing,
  'nothing-to-replicate': nothing,
  /** It has as many replications in hand as it takes. */
  'node-fetches-enough': z.object({ node: z.string() }),
  'fetching-node-restarted': nothing,
  'fetching-node-silent': nothing,
  'replication-lock-lost': z.object({ node: z.string() }),
  'files-unread': z.object({ count }),
  'files-unrestored': z.object({ count }),
  /** `names`: of commands whose output is missing; `files`: not read besides. */
  'commands-failed': z.object({ names: z.array(z.string()), files: count }),
  /** A backup that is whole: only the hook failed. */
  'hooks-failed': z.object({ names: z.array(z.string()) }),
  /** A failure with its code; `detail` is the English sentence of whoever met it. */
  failure: z.object({ code: failureCode, detail: z.string() }),
  /** Words of a peer that say no more than themselves. */
  words: z.object({ words: z.string() }),
};

/** Why a server on the Overview is in its state, and what is to be done. */
const ofOverview = {
  'task-missed': z.object({ task: z.string(), count, reason }),
  'task-failed': z.object({ task: z.string(), reason }),
  'task-never-ran': z.object({ task: z.string() }),
  'task-partial': z.object({ task: z.string(), reason }),
  'task-unscheduled': z.object({ task: z.string(), days: count }),
  'server-unknown': nothing,
  'server-without-task': nothing,
  'server-without-agent': nothing,
  'server-offline': nothing,
  'keep-master-key': nothing,
  'keep-recovery-kit': z.object({ of }),
  'repository-under-copied': z.object({ of, complete: count, wanted: count }),
  'one-time-password': z.object({ email: z.string() }),
  'plain-http': z.object({ name: z.string() }),
};

/** What the event log tells. */
const ofEvents = {
  'run-ended': z.object({
    run: runKind,
    state: runState,
    task: z.string().nullable(),
    server: z.string().nullable(),
    /** Files that were not taken, restored or read. */
    files: count,
    reason,
  }),
  /** `since`: the first of the times, ISO. */
  'backup-was-due': z.object({ task: z.string(), server: z.string(), count, since: z.iso.datetime() }),
  'join-token-made': z.object({ by, peer, address: z.string().nullable() }),
  'agent-enrolled': z.object({ peer, address: z.string(), plainHttp: z.boolean() }),
  'node-enrolled': z.object({ node: z.string(), plainHttp: z.boolean() }),
  'agent-released': z.object({ by, address: z.string() }),
  'node-draining': z.object({ by, node: z.string() }),
  'node-in-use': z.object({ by, node: z.string() }),
  'node-removed': z.object({ by, node: z.string() }),
  'api-token-made': z.object({ by, name: z.string(), role: z.string() }),
  'api-token-revoked': z.object({ by }),
  'user-added': z.object({ by, email: z.string(), role: z.string() }),
  'user-changed': z.object({ by, email: z.string(), name: z.string(), role: z.string() }),
  'user-removed': z.object({ by, email: z.string() }),
  'password-changed': z.object({ email: z.string() }),
  'password-reset': z.object({ email: z.string() }),
  'repository-adopted': z.object({ by, name: z.string(), node: z.string(), count }),
  'copy-adopted': z.object({ by, of, node: z.string(), count }),
  'recovery-kit-read': z.object({ by, of }),
  'recovery-kit-confirmed': z.object({ by, of }),
  'access-tokens-issued': z.object({ by, verbs: z.array(z.string()), of }),
  'settings-changed': z.object({ by, what: z.array(z.string()) }),
  'forgetting-paused': z.object({ task: z.string(), reason }),
  'snapshot-removal': z.object({ by, snapshot: z.string(), of: z.string() }),
  'snapshot-confirmed': z.object({ by, snapshot: z.string() }),
  'lock-removed': z.object({ by, node: z.string(), of }),
  'damage-mended': z.object({ of, node: z.string() }),
  'care-changed': z.object({ by, of }),
  'test-notice': nothing,
};

/** Why a snapshot is kept, what is odd about it, and why nothing is forgotten. */
const ofRetention = {
  /** `rule`: last, hourly, daily, weekly, monthly, yearly or all; `span` as in `7d`; `oldest`: of all there are. */
  'kept-by-rule': z.object({ rule: z.string(), span: z.string().nullable(), oldest: z.boolean() }),
  'kept-without-policy': nothing,
  'kept-in-doubt': nothing,
  'snapshot-from-future': z.object({ minutes: count }),
  /** `measure`: bytes or files, of which it has so many percent of what was usual. */
  'snapshot-tiny': z.object({ measure: z.string(), percent: count }),
  'paused-by-doubt': z.object({ snapshot: z.string(), reason: remark }),
  'paused-by-unknown': z.object({ count, nodes: z.array(z.string()) }),
  'care-is-off': nothing,
};

/** What may be wrong with what was asked for, and was done all the same. */
const ofWarnings = {
  'path-missing': z.object({ path: z.string(), server: z.string() }),
  'last-snapshot-of-task': z.object({ task: z.string() }),
  'removal-waits-for': z.object({ nodes: z.array(z.string()) }),
  'path-unreadable': z.object({ path: z.string(), server: z.string() }),
};

/** Every kind of remark the control center and its agents make, with its values. Kinds are never renamed, only added. */
export const remarkKinds = {
  ...ofRuns,
  ...ofOverview,
  ...ofEvents,
  ...ofRetention,
  ...ofWarnings,
  ...agentRemarkKinds,
};
export type RemarkKind = keyof typeof remarkKinds;
export type RemarkValues<K extends RemarkKind> = z.infer<(typeof remarkKinds)[K]>;
