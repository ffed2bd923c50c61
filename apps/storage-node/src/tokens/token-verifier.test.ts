import { randomUUID } from 'node:crypto';
import { TOKEN_LEEWAY_SECONDS } from '@breakwater/contract/storage-token';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NodeState } from '../state/node-state.ts';
import { signToken } from '../testing/enrolled-folder.ts';
import { generateSigningKey } from './generate-signing-key.ts';
import { TokenVerifier } from './token-verifier.ts';

const nodeId = randomUUID();
let center: NodeState['privateKey'];
let own: NodeState['privateKey'];
const revoked = new Set<string>();
let clock = Date.now();
let verifier: TokenVerifier;
const claims = { repository: 'repo', verbs: ['read' as const] };
const seconds = () => Math.floor(clock / 1000);

function publicHalf({ d: _secret, ...key }: NodeState['privateKey']) {
  return key;
}

beforeAll(async () => {
  center = await generateSigningKey();
  own = await generateSigningKey();
  verifier = new TokenVerifier({
    nodeId,
    keys: [publicHalf(center), publicHalf(own)],
    isRevoked: (jti) => revoked.has(jti),
    now: () => clock,
  });
});

describe('TokenVerifier', () => {
  it("obeys the control center's key and the node's own", async () => {
    for (const key of [center, own]) {
      const token = await signToken(nodeId, claims, key);
      expect(await verifier.verify(token)).toMatchObject({ ...claims, aud: nodeId });
      expect(await verifier.verify(token)).toMatchObject(claims);
    }
  });

  it('allows a minute of difference between the clocks, and not more', async () => {
    const now = seconds();
    const ending = await signToken(nodeId, { ...claims, iat: now - 100, exp: now }, center);
    const starting = await signToken(
      nodeId,
      { ...claims, iat: now + TOKEN_LEEWAY_SECONDS, exp: now + 1000 },
      center,
    );
    const early = await signToken(nodeId, { ...claims, iat: now + 90, exp: now + 1000 }, center);
    const before = clock;
    clock = now * 1000;
    await verifier.verify(ending);
    await verifier.verify(starting);
    await expect(verifier.verify(early)).rejects.toMatchObject({ code: 'token-invalid' });
    clock = (now + TOKEN_LEEWAY_SECONDS) * 1000;
    // Also when its signature is remembered.
    await expect(verifier.verify(ending)).rejects.toMatchObject({ code: 'token-expired' });
    clock = before;
  });

  it('refuses a revoked token at once, remembered or not', async () => {
    const jti = randomUUID();
    const token = await signToken(nodeId, { ...claims, jti }, center);
    await verifier.verify(token);
    revoked.add(jti);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token-revoked' });
  });

  it('refuses what is forged', async () => {
    const stranger = await generateSigningKey();
    const good = await signToken(nodeId, claims, center);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), verbs: ['delete'] }),
    ).toString('base64url');
    const hmac = await new SignJWT({ ...claims, aud: nodeId })
      .setProtectedHeader({ alg: 'HS256', kid: center.kid })
      .sign(Buffer.from(center.x, 'base64url'));
    const forged = [
      await signToken(nodeId, claims, stranger),
      // The right key's id, another key's signature.
      await signToken(nodeId, claims, { ...stranger, kid: center.kid }),
      `${header}.${other}.${signature}`,
      `${header}.${payload}.`,
      new UnsecuredJWT({ ...claims, aud: nodeId }).encode(),
      hmac,
      'not-a-token',
      '',
    ];
    for (const token of forged) {
      await expect(verifier.verify(token), token).rejects.toMatchObject({ code: 'token-invalid' });
    }
  });

  it('refuses a token for another node, or with claims of another shape', async () => {
    const foreign = await signToken(randomUUID(), claims, center);
    await expect(verifier.verify(foreign)).rejects.toMatchObject({ code: 'token-invalid' });
    for (const bad of [
      { verbs: [] },
      { verbs: ['root'] },
      { repository: '../x', verbs: ['read'] },
      { jti: '' },
    ]) {
      const token = await signToken(nodeId, { ...claims, ...(bad as object) }, center);
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
    }
  });

  it('forgets keys that it is told to trust no more, with the tokens they signed', async () => {
    const mine = new TokenVerifier({ nodeId, keys: [publicHalf(center)], isRevoked: () => false });
    const token = await signToken(nodeId, claims, center);
    await mine.verify(token);
    mine.trust([publicHalf(own)]);
    await expect(mine.verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
  });
});
