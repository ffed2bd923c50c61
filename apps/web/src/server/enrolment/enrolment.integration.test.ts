import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { agentEnrolmentAnswer, joinTokenAnswer, nodeEnrolmentAnswer } from '@breakwater/contract/enrolment';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Called, startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

let center: TestCenter;
let now = Date.now();
beforeAll(async () => {
  center = await startTestCenter({ now: () => now });
});
afterAll(() => center.close());

async function joinToken(body: object): Promise<string> {
  const made = await center.call('POST', '/join-tokens', { token: center.admin.apiToken, body });
  expect(made.status).toBe(201);
  return made.as(joinTokenAnswer).token;
}

const agent = (token: string, more: object = {}): Promise<Called> =>
  center.call('POST', '/enrol/agent', {
    body: {
      protocolVersion: PROTOCOL_VERSION,
      token,
      role: 'source',
      address: `host-${randomUUID()}`,
      version: '0.1.0',
      platform: 'linux x64',
      insecureHttp: false,
      ...more,
    },
  });

const nodeKey = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'node-key' };
const node = (token: string, more: object = {}): Promise<Called> =>
  center.call('POST', '/enrol/storage-node', {
    body: {
      protocolVersion: PROTOCOL_VERSION,
      token,
      name: `node-${randomUUID()}`,
      url: 'http://127.0.0.1:9000',
      version: '0.1.0',
      publicKey: nodeKey,
      insecureHttp: false,
      ...more,
    },
  });

const refusal = (called: Called) => [called.status, called.problem().code];

describe('enrolment of an agent', () => {
  it('gives a credential that is its own alone, and shows the agent', async () => {
    const address = `web-${randomUUID()}`;
    const made = await agent(await joinToken({ kind: 'agent' }), { address: address.toUpperCase() });
    expect(made.status).toBe(201);
    const enrolled = made.as(agentEnrolmentAnswer);
    const { agentId, credential } = enrolled;
    expect(enrolled.address).toBe(address);
    const { agents } = center.center;
    expect((await agents.authenticate(agentId, credential))?.address).toBe(address);
    expect(await agents.authenticate(agentId, `${credential}x`)).toBeNull();
    expect(await agents.authenticate(randomUUID(), credential)).toBeNull();
    const shown = await center.call('GET', `/agents/${agentId}`, { token: center.admin.apiToken });
    expect(shown.json).toMatchObject({ address, role: 'source', state: 'offline', taskCount: 0 });
  });

  it('uses a token once, also when two come at the same moment', async () => {
    const token = await joinToken({ kind: 'agent' });
    const both = await Promise.all(Array.from({ length: 5 }, () => agent(token)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect(refusal(await agent(token))).toEqual([409, 'join-token-used']);
  });

  it('refuses a token that expired, is unknown, or is for something else', async () => {
    const short = await joinToken({ kind: 'agent', expiresInSeconds: 60 });
    now += 60_000;
    expect(refusal(await agent(short))).toEqual([401, 'join-token-expired']);
    expect(refusal(await agent('bw_join_made_up'))).toEqual([401, 'join-token-invalid']);
    const forNode = await joinToken({ kind: 'storage-node' });
    expect(refusal(await agent(forNode))).toEqual([401, 'join-token-invalid']);
    const forAgent = await joinToken({ kind: 'agent' });
    expect(refusal(await agent(forAgent, { role: 'maintenance' }))).toEqual([401, 'join-token-invalid']);
    expect((await agent(forAgent)).status).toBe(201);
  });

  it('binds a token to its address', async () => {
    const token = await joinToken({ kind: 'agent', address: 'Only-Here' });
    const elsewhere = await agent(token, { address: 'elsewhere' });
    expect(refusal(elsewhere)).toEqual([401, 'join-token-invalid']);
    expect(elsewhere.problem().detail).toContain('only-here');
    expect((await agent(token, { address: 'only-here' })).status).toBe(201);
  });

  it('refuses a token for a taken address, naming the agent', async () => {
    const enrolled = await agent(await joinToken({ kind: 'agent' }), { address: 'taken-host' });
    for (const kind of ['agent', 'maintenance']) {
      const refused = await center.call('POST', '/join-tokens', {
        token: center.admin.apiToken,
        body: { kind, address: 'Taken-Host' },
      });
      const { code, errors, detail } = refused.problem();
      expect([refused.status, code, errors?.[0]?.field]).toEqual([409, 'address-taken', 'address']);
      expect(detail).toContain(`the agent ${enrolled.as(agentEnrolmentAnswer).agentId} has it`);
    }
  });

  it('refuses a taken address until an admin releases it, and leaves the token good', async () => {
    const address = `db-${randomUUID()}`;
    const first = (await agent(await joinToken({ kind: 'agent' }), { address })).as(agentEnrolmentAnswer);
    const token = await joinToken({ kind: 'agent' });
    expect(refusal(await agent(token, { address }))).toEqual([409, 'address-taken']);
    const released: string[] = [];
    center.center.agents.onReleased((id) => released.push(id));
    const path = `/agents/${first.agentId}`;
    expect((await center.call('DELETE', path, { token: center.admin.apiToken })).status).toBe(204);
    expect(released).toEqual([first.agentId]);
    expect((await agent(token, { address })).status).toBe(201);
    expect(await center.center.agents.authenticate(first.agentId, first.credential)).toBeNull();
  });

  it('tells a peer of another version that it is its version, whatever else it sends', async () => {
    const token = await joinToken({ kind: 'agent' });
    const refused = await agent(token, { protocolVersion: 99, newField: true, role: 'unheard-of' });
    expect(refusal(refused)).toEqual([400, 'protocol-version']);
    expect(refused.problem().detail).toContain(`version ${PROTOCOL_VERSION}`);
    expect((await agent(token)).status).toBe(201);
  });

  it('keeps no token and no credential in the clear', async () => {
    const token = await joinToken({ kind: 'agent' });
    const { agentId, credential } = (await agent(token)).as(agentEnrolmentAnswer);
    const rows = await center.database.db.$queryRaw<{ row: string }[]>`
      SELECT agent::text AS row FROM agent UNION ALL SELECT join_token::text FROM join_token
      UNION ALL SELECT event::text FROM event`;
    const text = rows.map(({ row }) => row).join('\n');
    expect(text).toContain(agentId);
    expect(text).not.toContain(credential);
    expect(text).not.toContain(token);
  });
});

describe('enrolment of a storage node', () => {
  it('gives it a credential and the keys whose tokens it obeys', async () => {
    const name = `node-${randomUUID()}`;
    const made = await node(await joinToken({ kind: 'storage-node' }), { name });
    expect(made.status).toBe(201);
    const { nodeId, credential, signingKeys } = made.as(nodeEnrolmentAnswer);
    expect(signingKeys).toEqual(center.center.keys.signing.publicKeys);
    expect((await center.center.storageNodes.authenticate(nodeId, credential))?.name).toBe(name);
    const shown = await center.call('GET', `/storage-nodes/${nodeId}`, { token: center.admin.apiToken });
    expect(shown.json).toMatchObject({ name, online: false, health: 'unknown', copies: 0, totalBytes: null });
  });

  it('refuses a name that is in use, and leaves the token good', async () => {
    const name = `node-${randomUUID()}`;
    await node(await joinToken({ kind: 'storage-node' }), { name });
    const token = await joinToken({ kind: 'storage-node' });
    expect(refusal(await node(token, { name }))).toEqual([409, 'name-taken']);
    expect((await node(token)).status).toBe(201);
  });

  it('has no address', async () => {
    const refused = await center.call('POST', '/join-tokens', {
      token: center.admin.apiToken,
      body: { kind: 'storage-node', address: 'a-host' },
    });
    expect([refused.status, refused.problem().errors?.[0]?.field]).toEqual([400, 'address']);
  });
});
