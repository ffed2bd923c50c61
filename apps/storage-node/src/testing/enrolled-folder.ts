import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageTokenClaims } from '@breakwater/contract/storage-token';
import { importJWK, SignJWT } from 'jose';
import { type NodeState, writeNodeState } from '../state/node-state.ts';
import { generateSigningKey } from '../tokens/generate-signing-key.ts';

export interface EnrolledFolder {
  dataDir: string;
  state: NodeState;
  /** A token as the control center would sign it; any claim can be another one. */
  sign: (claims: Partial<StorageTokenClaims>, key?: NodeState['privateKey']) => Promise<string>;
  remove: () => Promise<void>;
}

/** A folder below `parent` in the state that `enroll` leaves behind, and the control center's signing key. */
export async function makeEnrolledFolder(
  changes: Partial<NodeState> = {},
  parent = tmpdir(),
): Promise<EnrolledFolder> {
  const dataDir = await mkdtemp(join(parent, 'breakwater-'));
  const centerKey = await generateSigningKey();
  const { d: _secret, ...centerPublicKey } = centerKey;
  const state: NodeState = {
    version: 1,
    nodeId: randomUUID(),
    name: 'node-a',
    // Nobody listens on the discard port: the node is on its own.
    server: 'http://127.0.0.1:9',
    listen: '127.0.0.1:0',
    publicUrl: 'http://127.0.0.1:0',
    insecureHttp: false,
    credential: 'a-credential',
    signingKeys: [centerPublicKey],
    privateKey: await generateSigningKey(),
    reserveBytes: null,
    quotaBytes: null,
    ...changes,
  };
  await writeNodeState(dataDir, state);
  return {
    dataDir,
    state,
    sign: (claims, key = centerKey) => signToken(state.nodeId, claims, key),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

export async function signToken(
  nodeId: string,
  claims: Partial<StorageTokenClaims>,
  key: NodeState['privateKey'],
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: 'control-center',
    sub: 'agent',
    aud: nodeId,
    iat: now,
    exp: now + 3600,
    jti: randomUUID(),
    ...claims,
  };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid })
    .sign(await importJWK(key, 'EdDSA'));
}
