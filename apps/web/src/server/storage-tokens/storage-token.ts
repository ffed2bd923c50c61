import { storageTokenClaims, type Verb } from '@breakwater/contract/storage-token';
import { SignJWT } from 'jose';
import type { SigningKey } from '../keys/signing-key.ts';

export interface TokenGrant {
  /** Names the token for revocation. Renewals of one token keep its name, so that revoking it ends them all. */
  jti: string;
  /** Who carries it: `agent/<id>`, `user/<id>`, `center`. */
  subject: string;
  nodeId: string;
  /** Null for a probe token. */
  repositoryId: string | null;
  verbs: readonly Verb[];
  seconds: number;
}

export interface SignedToken {
  token: string;
  jti: string;
  /** Epoch seconds. */
  exp: number;
}

/** Signs a storage token: a JWT with EdDSA that the node `aud` verifies offline. `now` is epoch ms. */
export async function signStorageToken(
  key: SigningKey,
  grant: TokenGrant,
  now: number,
): Promise<SignedToken> {
  const iat = Math.floor(now / 1000);
  const exp = iat + grant.seconds;
  const claims = storageTokenClaims.parse({
    iss: 'breakwater',
    sub: grant.subject,
    aud: grant.nodeId,
    ...(grant.repositoryId === null ? {} : { repository: grant.repositoryId }),
    verbs: grant.verbs,
    iat,
    exp,
    jti: grant.jti,
  });
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
    .sign(key.privateKey);
  return { token, jti: grant.jti, exp };
}
