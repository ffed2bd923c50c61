import { randomUUID } from 'node:crypto';
import type { Verb } from '@breakwater/contract/storage-token';
import { importJWK, SignJWT } from 'jose';
import type { NodeState } from '../state/node-state.ts';

export interface AccessTokenInput {
  repository: string;
  verbs: readonly Verb[];
  expiresInSeconds: number;
  /** Milliseconds since 1970. */
  now: number;
}

/** A storage token signed by the node itself, for the day the control center is gone. */
export async function signAccessToken(state: NodeState, input: AccessTokenInput): Promise<string> {
  const key = await importJWK(state.privateKey, 'EdDSA');
  const issuedAt = Math.floor(input.now / 1000);
  return new SignJWT({ repository: input.repository, verbs: [...input.verbs] })
    .setProtectedHeader({ alg: 'EdDSA', kid: state.privateKey.kid })
    .setIssuer(`node:${state.nodeId}`)
    .setSubject('offline')
    .setAudience(state.nodeId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + input.expiresInSeconds)
    .setJti(randomUUID())
    .sign(key);
}

/**
 * The repository's address as stock restic takes it, token included. restic's REST backend sends what stands
 * before the host as Basic authentication; any user name will do.
 */
export function resticAddress(nodeUrl: string, repository: string, token: string): string {
  const url = new URL(nodeUrl);
  const path = url.pathname.replace(/\/+$/, '');
  return `rest:${url.protocol}//any:${token}@${url.host}${path}/${repository}/`;
}
