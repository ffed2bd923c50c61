import { z } from 'zod';
import { nodeName, resourceId, sourceAddress, timestamp } from './ids.ts';
import { publicKey } from './storage-token.ts';

export const joinTokenInput = z.strictObject({
  kind: z.enum(['agent', 'maintenance', 'storage-node']),
  /** Only this address may use it. */
  address: sourceAddress.optional(),
  expiresInSeconds: z
    .number()
    .int()
    .min(60)
    .max(30 * 86400)
    .default(3600),
});
export const joinTokenAnswer = z.object({ token: z.string(), expiresAt: timestamp });

/** `POST /api/v1/enrol/agent`, authenticated by the join token alone. */
export const agentEnrolment = z.strictObject({
  protocolVersion: z.number().int(),
  token: z.string().min(1),
  role: z.enum(['source', 'maintenance']),
  address: sourceAddress,
  version: z.string().max(100),
  platform: z.string().max(200),
  insecureHttp: z.boolean(),
});
export const agentEnrolmentAnswer = z.object({
  agentId: resourceId,
  credential: z.string(),
  address: sourceAddress,
});

/** `POST /api/v1/enrol/storage-node`. The node's own public key is for `access-token`. */
export const nodeEnrolment = z.strictObject({
  protocolVersion: z.number().int(),
  token: z.string().min(1),
  name: nodeName,
  url: z.url(),
  version: z.string().max(100),
  publicKey,
  insecureHttp: z.boolean(),
});
export const nodeEnrolmentAnswer = z.object({
  nodeId: resourceId,
  credential: z.string(),
  name: nodeName,
  /** Keys whose tokens this node obeys. */
  signingKeys: z.array(publicKey).min(1),
});
