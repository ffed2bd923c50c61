import { z } from 'zod';
import { byteCount } from './ids.ts';
import { remark } from './remark.ts';

const nothing = z.object({});
const count = byteCount;
const node = z.string();
const why = remark;

/** What an agent remarks on a run: in its log, as what holds it up, and as why it ended. */
const ofAgentRuns = {
  'node-failed': z.object({ node, why }),
  'node-said': z.object({ node, why }),
  'node-retried': z.object({ node, why }),
  'node-answers-again': z.object({ node, seconds: count }),
  'node-unusable': z.object({ node, why }),
  'waiting-for-node': z.object({ why }),
  'hook-running': z.object({ hook: z.string(), when: z.enum(['before', 'after']) }),
  'prune-planned': z.object({ remove: count, repack: count, keep: count }),
  'tree-unreadable': z.object({ path: z.string(), tree: z.string(), why }),
  'trees-unreadable': z.object({ count }),
  'attribute-renamed': z.object({ path: z.string(), name: z.string() }),
  'pack-not-removed': z.object({ pack: z.string(), why: z.string() }),
  'damaged-packs-stay': z.object({ count }),
  'hints-found': z.object({ count }),
  'copy-damaged': z.object({ node, count, first: z.string() }),
  'agent-stopped': nothing,
  'agent-ended-midway': nothing,
  'run-cancelled': nothing,
  'nothing-read': nothing,
  'owners-not-restored': nothing,
  'attributes-not-restored': nothing,
  'owners-and-attributes-not-restored': nothing,
  'target-not-absolute': z.object({ path: z.string() }),
  'target-not-empty': z.object({ path: z.string() }),
};

/** Why a node is not taken: each stands behind the node's name. */
const ofNodes = {
  'node-is-offline': nothing,
  'node-is-full': nothing,
  'node-is-draining': nothing,
  'node-over-quota': nothing,
  'node-room-promised': nothing,
  'node-unhealthy': z.object({ detail: z.string() }),
  'node-speed-unknown': nothing,
  'node-no-data': nothing,
  'node-not-pinned': nothing,
  'node-without-copy': nothing,
  'node-copy-not-made': nothing,
};

/** Why a file was not taken or not restored, or not as it is. */
const ofFiles = {
  'permission-denied': nothing,
  'no-such-file': nothing,
  'disk-error': nothing,
  'disk-full': nothing,
  'became-link': nothing,
  'path-too-long': nothing,
  'file-vanished': nothing,
  'backup-without-missing': nothing,
  'backup-without-unreadable': z.object({ why }),
  'entry-replaced': nothing,
  'not-regular-file': nothing,
  'attributes-unread': z.object({ why }),
  'file-shrank': z.object({ before: count, after: count }),
  'name-is-taken': nothing,
  'link-where-folder': nothing,
  'folder-in-the-way': nothing,
  'device-needs-root': nothing,
  'entry-type-unknown': z.object({ type: z.string() }),
  'link-to-unrestored': nothing,
  'folder-without-tree': nothing,
  'read-back-failed': z.object({ why: z.string() }),
  'size-differs': z.object({ size: count, expected: count }),
  'content-differs': z.object({ offset: count }),
};

/** Every kind of remark that agents make, with its values. Kinds are never renamed, only added. */
export const agentRemarkKinds = { ...ofAgentRuns, ...ofNodes, ...ofFiles };
export type AgentRemarkKind = keyof typeof agentRemarkKinds;
export type AgentRemarkValues<K extends AgentRemarkKind> = z.infer<(typeof agentRemarkKinds)[K]>;
