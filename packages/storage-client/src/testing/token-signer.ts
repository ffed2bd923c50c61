import { randomUUID } from 'node:crypto';
import { type PublicKey, publicKey, type Verb } from '@breakwater/contract/storage-token';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface TokenSigner {
  publicKey: PublicKey;
  sign(grant: {
    nodeId: string;
    repositoryId?: string;
    verbs: readonly Verb[];
    seconds?: number;
  }): Promise<string>;
}

/** Signs storage tokens as a control center does. */
export async function createTokenSigner(): Promise<TokenSigner> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const kid = randomUUID();
  const key = publicKey.parse({ ...(await exportJWK(pair.publicKey)), kid });
  return {
    publicKey: key,
    sign: ({ nodeId, repositoryId, verbs, seconds = 3600 }) =>
      new SignJWT({ verbs, ...(repositoryId === undefined ? {} : { repository: repositoryId }) })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer('test-center')
        .setSubject('agent/test')
        .setAudience(nodeId)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(pair.privateKey),
  };
}
