import { z } from 'zod';

/** Ids of the control center's own resources: UUIDs, made by the control center. */
export const resourceId = z.uuid();

/** Name of a content-addressed file or blob: lower-case SHA-256 in hex. */
export const contentId = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

/** A repository's folder name on every node. A UUID for ours; adopted ones may have any plain name. */
export const repositoryId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'expected 1-64 letters, digits, "-" or "_"');

/** What a source server is found by: a host name or an IP address, as the administrator writes it. */
export const sourceAddress = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.:_-]{0,251}[a-z0-9])?$/, 'expected a host name or an IP address');

export const nodeName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected 1-63 lower-case letters, digits or "-"');

/** Milliseconds since 1970 on sockets; REST resources use ISO strings (`timestamp`). */
export const epochMs = z.number().int().nonnegative();
export const timestamp = z.iso.datetime({ offset: true });
export const byteCount = z.number().int().nonnegative();
