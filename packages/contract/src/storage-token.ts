import { z } from 'zod';
import { repositoryId, resourceId } from './ids.ts';

/** What a storage token may allow. `probe` has no repository. */
export const verbs = ['read', 'append', 'lock', 'create', 'delete', 'probe'] as const;
export const verb = z.enum(verbs);
export type Verb = z.infer<typeof verb>;

/**
 * Claims of a storage token: a JWT, `alg: EdDSA`, signed by the control center's key (`kid` = key id) or, for
 * `breakwater-node access-token`, by the node's own key. `aud` is the node's id, `sub` who carries it.
 */
export const storageTokenClaims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  aud: resourceId,
  repository: repositoryId.optional(),
  verbs: z.array(verb).min(1),
  iat: z.number().int(),
  exp: z.number().int(),
  jti: z.string().min(1),
});
export type StorageTokenClaims = z.infer<typeof storageTokenClaims>;

/** Clocks may differ by this much when `exp` and `iat` are judged. */
export const TOKEN_LEEWAY_SECONDS = 60;
export const RUN_TOKEN_SECONDS = 12 * 3600;

/** Public half of a signing key as nodes pin it at enrolment. OKP/Ed25519 JWK. */
export const publicKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
});
export type PublicKey = z.infer<typeof publicKey>;

/** Token ids that are refused though not expired; a new list replaces the old one. */
export const revocationList = z.object({
  version: z.number().int().nonnegative(),
  revoked: z.array(z.object({ jti: z.string(), exp: z.number().int() })),
});
export type RevocationList = z.infer<typeof revocationList>;
