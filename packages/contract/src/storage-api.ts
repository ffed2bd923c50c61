import { z } from 'zod';
import { byteCount } from './ids.ts';

/** File kinds of a restic repository as the REST backend names them. `config` is a single file. */
export const fileKinds = ['data', 'index', 'keys', 'locks', 'snapshots'] as const;
export const fileKind = z.enum(fileKinds);
export type FileKind = z.infer<typeof fileKind>;

/** restic REST protocol media types: v1 lists names, v2 lists `{name, size}`. */
export const REST_V1 = 'application/vnd.x.restic.rest.v1';
export const REST_V2 = 'application/vnd.x.restic.rest.v2';

/** The patent's header flag: `0` = do not write. Only valid on `POST /probe`. */
export const NO_WRITE_HEADER = 'x-no-write';
export const NO_WRITE_VALUE = '0';

export const listV1 = z.array(z.string());
export const listV2 = z.array(z.object({ name: z.string(), size: byteCount }));

/** The receiver drops this much or this long of a probe, whichever ends sooner, before it measures. */
export const PROBE_WARMUP_BYTES = 512 * 1024;
export const PROBE_WARMUP_MS = 1000;
/** It then measures for this long or this much, whichever ends sooner. */
export const PROBE_MEASURE_MS = 500;
export const PROBE_MEASURE_BYTES = 64 * 1024 * 1024;
/** On a slow link it goes on until so much has arrived, or for so long: a few packets are no measure. */
export const PROBE_LEAST_BYTES = 64 * 1024;
export const PROBE_LONGEST_MEASURE_MS = 2000;

/**
 * Answer to `POST /probe`, status 202. `bytes`/`receiveMs`: the whole body; `measuredBytes`/`measuredMs`: what
 * is left after the warm-up, the sample. `sha256` is of the whole body, computed as for a stored file.
 */
export const probeAnswer = z.object({
  bytes: byteCount,
  receiveMs: z.number().nonnegative(),
  measuredBytes: byteCount,
  measuredMs: z.number().nonnegative(),
  sha256: z.string(),
  /** The node's own limit on bandwidth held the sender back: the network may be faster. */
  limited: z.boolean().optional(),
  written: z.literal(false),
});
export type ProbeAnswer = z.infer<typeof probeAnswer>;
