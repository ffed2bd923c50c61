import { z } from 'zod';
import { byteCount, resourceId } from './ids.ts';
import { run, runProgress, speedPoint } from './run.ts';

/** Socket.IO namespace `/browser`, authenticated by the session cookie. Only server → browser, plus `watch`. */
export const BROWSER_NAMESPACE = '/browser';

export const browserResources = [
  'agents',
  'storage-nodes',
  'repositories',
  'tasks',
  'runs',
  'snapshots',
  'speeds',
  'events',
  'settings',
  'users',
] as const;

export const centerToBrowser = {
  /** Something of this resource changed: refetch what shows it. `id` when it was one thing. */
  changed: z.object({ resource: z.enum(browserResources), id: z.string().nullable() }),
  /** A run's state changed: the whole run, to put into the cache. */
  run: z.object({ run }),
  /** Live progress; not sent more often than four times a second for one run. */
  progress: z.object({ runId: resourceId, progress: runProgress, point: speedPoint }),
  agent: z.object({ agentId: resourceId, online: z.boolean(), state: z.enum(['idle', 'busy', 'offline']) }),
  speed: z.object({
    agentId: resourceId,
    nodeId: resourceId,
    bytesPerSecond: z.number(),
    sma: z.number(),
    samples: byteCount,
    kind: z.enum(['probe', 'transfer']),
    at: z.string(),
  }),
} as const;
