import { z } from 'zod';
import { agentBandwidth } from './bandwidth.ts';
import { runNode, runOrder, runReportEnvelope } from './agent-run.ts';
import { failureMessage } from './failure-codes.ts';
import { byteCount, contentId, epochMs, nodeName, resourceId } from './ids.ts';
import { MAX_RUN_LOCKS, runLock, runProgress } from './run.ts';
import { allowedCommands } from './source-commands.ts';

/** Socket.IO namespace `/agents`. Handshake auth: `agentHandshake`. Every event's last argument is an ack that gets `Answer`. */
export const AGENTS_NAMESPACE = '/agents';
export const HEARTBEAT_INTERVAL_MS = 5000;
export const HEARTBEAT_WINDOW_MS = 15_000;

export const agentHandshake = z.object({
  protocolVersion: z.number().int(),
  agentId: resourceId,
  credential: z.string().min(1),
  version: z.string(),
});

export const heartbeat = z.object({
  state: z.enum(['idle', 'busy']),
  /** Runs in hand, with their attempts: the control center reconciles its own view with them. */
  runs: z.array(z.object({ runId: resourceId, attempt: z.number().int().positive() })),
  version: z.string(),
  sentAt: epochMs,
  /** Agent's clock minus the control center's, from the last acks; null before the first. */
  clockOffsetMs: z.number().nullable(),
  platform: z.string().max(200),
});
export type Heartbeat = z.infer<typeof heartbeat>;
export const heartbeatAck = z.object({ receivedAt: epochMs });

/** A node to probe, with a probe token (no repository). */
export const probeTarget = z.object({ nodeId: resourceId, nodeName, url: z.url(), token: z.string() });
export const probeTargets = z.object({
  intervalMs: z.number().int().positive(),
  window: z.number().int().positive(),
  targets: z.array(probeTarget),
});
export type ProbeTargets = z.infer<typeof probeTargets>;

/** One speed sample with the window's state after it. */
export const speedSample = z.object({
  nodeId: resourceId,
  at: epochMs,
  kind: z.enum(['probe', 'transfer']),
  bytesPerSecond: z.number().nonnegative(),
  /** Simple moving average and number of samples it stands on. */
  sma: z.number().nonnegative(),
  samples: z.number().int().positive(),
});
export type SpeedSample = z.infer<typeof speedSample>;

export const browseRequest = z.object({ path: z.string().max(4096) });
export const browseEntry = z.object({
  /** As restic quotes it when it is not UTF-8. */
  name: z.string(),
  type: z.enum(['file', 'dir', 'symlink', 'other']),
  size: byteCount,
  mtime: z.string(),
  readable: z.boolean(),
});
export const browseAnswer = z.object({
  path: z.string(),
  entries: z.array(browseEntry),
  truncated: z.boolean(),
});
export type BrowseAnswer = z.infer<typeof browseAnswer>;

/** What a backup of these paths would take, counted on the source. */
export const previewRequest = z.object({ paths: z.array(z.string()).min(1), excludes: z.array(z.string()) });
export const previewAnswer = z.object({
  files: byteCount,
  dirs: byteCount,
  bytes: byteCount,
  unreadable: byteCount,
  complete: z.boolean(),
});
export type PreviewAnswer = z.infer<typeof previewAnswer>;

/** Which of a task's paths cannot be begun now, on the source. */
export const examinePathsRequest = z.object({ paths: z.array(z.string()).min(1).max(256) });
export const examinePathsAnswer = z.object({
  broken: z.array(z.object({ path: z.string(), failure: failureMessage })),
});

/** Whether a restore may go there now; a folder that may not be the target is the failure `target-…`. */
export const admitTargetRequest = z.object({ path: z.string().max(4096) });
export const admitTargetAnswer = z.object({ mode: z.enum(['fresh', 'anywhere']) });

/** What every ack carries: the answer or why not. */
export const answer = <T extends z.ZodType>(body: T) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), body }),
    z.object({ ok: z.literal(false), failure: failureMessage }),
  ]);

const nothing = z.object({});

/** Agent → control center: `[request, answer body]` by event name. */
export const agentToCenter = {
  heartbeat: { request: heartbeat, answer: heartbeatAck },
  /** Durable; acked only when committed. */
  report: { request: runReportEnvelope, answer: nothing },
  /** Not durable; at least twice a second while a run is going on. */
  progress: {
    request: z.object({
      runId: resourceId,
      attempt: z.number().int().positive(),
      progress: runProgress,
      /** The run's lock files as of now: once it is known to have ended, they may be removed. */
      locks: z.array(runLock).max(MAX_RUN_LOCKS).optional(),
    }),
    answer: nothing,
  },
  speed: { request: speedSample, answer: nothing },
  /** After each connect, and when it has changed: which commands this server allows. */
  'allowed-commands': { request: allowedCommands, answer: nothing },
  'renew-tokens': {
    request: z.object({ runId: resourceId }),
    answer: z.object({ nodes: z.array(runNode) }),
  },
  /** A first backup needs config and keys on a node that has no copy yet; only the control center creates them. */
  'create-copy': { request: z.object({ runId: resourceId, nodeId: resourceId }), answer: nothing },
} as const;

/** Control center → agent. */
export const centerToAgent = {
  run: { request: runOrder, answer: z.object({ accepted: z.boolean(), reason: z.string().nullable() }) },
  cancel: { request: z.object({ runId: resourceId }), answer: nothing },
  'probe-targets': { request: probeTargets, answer: nothing },
  /** All limits on bandwidth as they are now: after each connect, and when one of them has changed. */
  bandwidth: { request: agentBandwidth, answer: nothing },
  browse: { request: browseRequest, answer: browseAnswer },
  preview: { request: previewRequest, answer: previewAnswer },
  'examine-paths': { request: examinePathsRequest, answer: examinePathsAnswer },
  'admit-target': { request: admitTargetRequest, answer: admitTargetAnswer },
  /** The admin released this agent: forget the credential and stop. */
  released: { request: z.object({ reason: z.string() }), answer: nothing },
} as const;

export const snapshotId = contentId;
