import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { probeGrant, runGrant } from './run-grant.ts';
import { signStorageToken } from './storage-token.ts';

const AGENT = '0192f0c0-0000-7000-8000-000000000001';
const NODE = '0192f0c0-0000-7000-8000-000000000002';
const RUN = '0192f0c0-0000-7000-8000-000000000003';

function signer(): { privateKey: KeyObject; publicKey: KeyObject; kid: string; publicKeys: [] } {
  return { ...generateKeyPairSync('ed25519'), kid: 'k1', publicKeys: [] };
}

it('signs what the node verifies: audience, repository, verbs, end, key id', async () => {
  const key = signer();
  const run = { runId: RUN, attempt: 2, agentId: AGENT, repositoryId: 'repo', kind: 'backup' as const };
  const now = Date.now();
  const { token, exp } = await signStorageToken(key, runGrant(run, NODE), now);
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', kid: 'k1' });
  const { payload } = await jwtVerify(token, key.publicKey, { audience: NODE });
  expect(payload).toMatchObject({
    sub: `agent/${AGENT}`,
    repository: 'repo',
    verbs: ['read', 'append', 'lock', 'probe'],
    jti: `run.${RUN}.2.${NODE}`,
  });
  expect(exp).toBe(Math.floor(now / 1000) + 12 * 3600);
  await expect(jwtVerify(token, signer().publicKey)).rejects.toThrow();
});

it.each(['backup', 'restore', 'check'] as const)('lets no %s delete, create or overwrite', (kind) => {
  const grant = runGrant({ runId: RUN, attempt: 1, agentId: AGENT, repositoryId: 'repo', kind }, NODE);
  expect(grant.verbs).not.toContain('delete');
  expect(grant.verbs).not.toContain('create');
  expect(grant.verbs.includes('append')).toBe(kind === 'backup');
});

it('gives a renewal the name of what it renews, and a further attempt another', () => {
  const run = { runId: RUN, attempt: 1, agentId: AGENT, repositoryId: 'repo', kind: 'backup' as const };
  expect(runGrant(run, NODE).jti).toBe(runGrant({ ...run }, NODE).jti);
  expect(runGrant({ ...run, attempt: 2 }, NODE).jti).not.toBe(runGrant(run, NODE).jti);
});

it('binds a probe token to no repository', async () => {
  const key = signer();
  const { token } = await signStorageToken(key, probeGrant(AGENT, NODE), Date.now());
  const { payload } = await jwtVerify(token, key.publicKey);
  expect(payload.repository).toBeUndefined();
  expect(payload.verbs).toEqual(['probe']);
});
