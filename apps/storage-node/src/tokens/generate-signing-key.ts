import { publicKey } from '@breakwater/contract/storage-token';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { NodeState } from '../state/node-state.ts';

/** A node's own Ed25519 key pair; its id is the thumbprint of the public half (RFC 7638). */
export async function generateSigningKey(): Promise<NodeState['privateKey']> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...publicKey.parse({ ...jwk, kid }), d: String(jwk.d) };
}
