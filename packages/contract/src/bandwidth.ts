import { minuteOfDay } from '@breakwater/domain/bandwidth-limit';
import { isTimeZone } from '@breakwater/domain/time-zone';
import { z } from 'zod';
import { epochMs, resourceId } from './ids.ts';

/** Slower than this a backup would not end, and nodes and agents would give one another up. */
export const LEAST_BYTES_PER_SECOND = 10_000;
const MOST_BYTES_PER_SECOND = 1e12;
export const MAX_BANDWIDTH_WINDOWS = 20;

/** Bytes a second, each way; null: as much as there is. */
const rate = z.number().int().min(LEAST_BYTES_PER_SECOND).max(MOST_BYTES_PER_SECOND).nullable();
const timeOfDay = z
  .string()
  .max(5)
  .refine((text) => minuteOfDay(text) !== null, 'a time of day as HH:MM, up to 24:00');
const isoWeekday = z.number().int().min(1).max(7);

export const bandwidthWindow = z
  .strictObject({
    /** 1 is Monday, 7 is Sunday. */
    days: z
      .array(isoWeekday)
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'each day at most once'),
    from: timeOfDay,
    /** Not after `from`: on the next day. */
    to: timeOfDay,
    bytesPerSecond: rate,
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'another time than "from"' });

/** What may go over a line, each way: outside of the windows, and inside of each. Of several that overlap the least holds. */
export const bandwidthLimit = z.strictObject({
  bytesPerSecond: rate.default(null),
  windows: z.array(bandwidthWindow).max(MAX_BANDWIDTH_WINDOWS).default([]),
  /** IANA name such as Europe/Berlin. */
  timeZone: z.string().max(64).refine(isTimeZone, 'an IANA time zone such as Europe/Berlin'),
});
export type BandwidthLimitGiven = z.infer<typeof bandwidthLimit>;

/** A limit of a node, of which every run that uses the node gets its part. */
export const sharedLimit = z.object({
  nodeId: resourceId,
  limit: bandwidthLimit,
  sharedBy: z.number().int().positive(),
});

/** What holds for all that one agent does. Windows are told by the control center's clock, which says `sentAt`. */
export const agentBandwidth = z.object({
  sentAt: epochMs,
  server: bandwidthLimit.nullable(),
  /** Only those that have one. */
  nodes: z.array(sharedLimit),
  /** Those of its runs in hand whose tasks have one. */
  runs: z.array(z.object({ runId: resourceId, limit: bandwidthLimit })),
});
export type AgentBandwidth = z.infer<typeof agentBandwidth>;

/** What a storage node holds itself to, whoever sends or fetches. */
export const nodeBandwidth = z.object({ sentAt: epochMs, limit: bandwidthLimit.nullable() });
export type NodeBandwidth = z.infer<typeof nodeBandwidth>;

/** The limit that holds a run back just now, and until when it stays as it is. */
export const heldBy = z.object({
  limit: z.enum(['server', 'task', 'node']),
  bytesPerSecond: z.number().positive(),
  until: epochMs.nullable(),
});
export type HeldBy = z.infer<typeof heldBy>;
