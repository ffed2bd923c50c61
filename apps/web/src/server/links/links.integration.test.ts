import { randomUUID } from 'node:crypto';
import { AGENTS_NAMESPACE } from '@breakwater/contract/agent-messages';
import { BROWSER_NAMESPACE, centerToBrowser } from '@breakwater/contract/browser-events';
import { NODES_NAMESPACE } from '@breakwater/contract/node-messages';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { apiTokenAnswer, page, speed } from '@breakwater/contract/resources';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { revokeTokens } from '../storage-tokens/revocations.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';
import {
  connect,
  connectAgent,
  connected,
  enrolAgent,
  idleHeartbeat,
  startAgent,
  startNode,
} from './testing/contract-peers.ts';

let center: TestCenter;
let clock = 0;
const sockets: { disconnect(): unknown }[] = [];
beforeAll(async () => {
  center = await startTestCenter({ now: () => Date.now() + clock });
});
afterAll(() => center.close());
afterEach(() => {
  clock = 0;
  for (const socket of sockets.splice(0)) socket.disconnect();
});

async function refusal(
  namespace: string,
  auth: object,
  headers = {},
): Promise<{ code: string; message: string }> {
  const socket = connect(center, namespace, auth, headers);
  sockets.push(socket);
  return connected(socket).then(
    () => {
      throw new Error('it was let in');
    },
    (error: Error & { data?: { code: string; message: string } }) =>
      error.data ?? { code: 'none', message: '' },
  );
}

function nested(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
}

describe('handshake', () => {
  it('is refused in the default namespace, also with a valid token', async () => {
    for (const auth of [{}, { token: center.admin.apiToken }]) {
      expect(await refusal('/', auth)).toMatchObject({ code: 'unauthenticated' });
    }
  });

  const peer = { agentId: randomUUID(), nodeId: randomUUID(), credential: 'x', version: '0.1.0' };

  it.each([AGENTS_NAMESPACE, NODES_NAMESPACE])(
    '%s refuses another protocol version and says which',
    async (name) => {
      for (const protocolVersion of [PROTOCOL_VERSION + 1, 0, 'one', null]) {
        const { code, message } = await refusal(name, { ...peer, protocolVersion });
        expect(code).toBe('protocol-version');
        expect(message).toContain(`speaks protocol version ${PROTOCOL_VERSION}`);
      }
      // Even of a peer whose other fields are of another time.
      expect((await refusal(name, { protocolVersion: 99, node: 7 })).code).toBe('protocol-version');
    },
  );

  it.each([AGENTS_NAMESPACE, NODES_NAMESPACE])('%s refuses unknown peers and bad fields', async (name) => {
    const good = { ...peer, protocolVersion: PROTOCOL_VERSION };
    expect((await refusal(name, good)).code).toBe('unauthenticated');
    expect(await refusal(name, { ...good, agentId: 'me', nodeId: 'me' })).toMatchObject({
      code: 'invalid-request',
    });
    expect((await refusal(name, {})).code).toBe('invalid-request');
    for (const version of ['1\0', '1\udc00', nested(500)]) {
      expect((await refusal(name, { ...good, version })).code).toBe('invalid-request');
      expect((await refusal(name, { ...good, protocolVersion: version })).code).toBe('protocol-version');
    }
  });

  it('refuses a wrong credential, and another agent’s', async () => {
    const one = await enrolAgent(center, 'one.test');
    const two = await enrolAgent(center, 'two.test');
    const auth = { protocolVersion: PROTOCOL_VERSION, agentId: one.id, version: '0.1.0' };
    expect((await refusal(AGENTS_NAMESPACE, { ...auth, credential: two.credential })).code).toBe(
      'unauthenticated',
    );
  });
});

describe('agents', () => {
  it('have one connection: a newer one takes the place of the older', async () => {
    const first = await startAgent(center, 'twice.test');
    const gone = new Promise((resolve) => first.socket.once('disconnect', resolve));
    const second = await connectAgent(center, first);
    sockets.push(second.socket);
    expect(await gone).toBe('io server disconnect');
    await second.heartbeat();
    expect(center.center.links.presence(first.id)?.connectedSince).not.toBeNull();
  });

  it('get every node to probe when they connect, and again when a node comes', async () => {
    const agent = await startAgent(center, 'prober.test');
    sockets.push(agent.socket);
    const pushed = new Promise<{ targets: { nodeName: string }[]; window: number }>((resolve) => {
      agent.socket.on('probe-targets', (body) => {
        if (body.targets.some((target: { nodeName: string }) => target.nodeName === 'newcomer'))
          resolve(body);
      });
    });
    const node = await startNode(center, 'newcomer', 'http://127.0.0.1:4711');
    sockets.push(node.socket);
    expect((await pushed).targets).toContainEqual(
      expect.objectContaining({
        nodeName: 'newcomer',
        url: 'http://127.0.0.1:4711',
        token: expect.any(String),
      }),
    );
  });

  it('are refused an event that is not as agreed, naming the field', async () => {
    const agent = await startAgent(center, 'odd.test');
    sockets.push(agent.socket);
    expect(await agent.send('heartbeat', { state: 'asleep' })).toMatchObject({
      ok: false,
      failure: { code: 'invalid-request', message: expect.stringContaining('state') },
    });
  });

  it.each([
    ['nul', 'a NUL character', { state: 'idle', version: '1\0' }, /version is a text with a NUL character/],
    [
      'half',
      'half a character',
      { state: 'idle', version: '\ud800' },
      /version is a text with half of a surrogate/,
    ],
    [
      'deep',
      'depth without end',
      { state: 'idle', runs: nested(500) },
      /runs is nested more than 64 levels deep/,
    ],
    [
      'binary',
      'binary data',
      { state: 'idle', version: Buffer.alloc(1000) },
      /version is binary data: expected a string/,
    ],
  ])('(%s) are refused %s in an event, and stay connected', async (name, _, beat, message) => {
    const agent = await startAgent(center, `${name}.unfit.test`);
    sockets.push(agent.socket);
    const body = { ...idleHeartbeat(), ...beat };
    const failure = { code: 'invalid-request', message: expect.stringMatching(message) };
    expect(await agent.send('heartbeat', body)).toMatchObject({ ok: false, failure });
    await agent.heartbeat();
  });

  it('are announced as offline when the window has passed', async () => {
    const agent = await startAgent(center, 'leaver.test');
    const offline = new Promise<unknown>((resolve) => {
      const detach = center.center.live.attach((event, body) => {
        const one = body as { agentId?: string; state?: string };
        if (event !== 'agent' || one.agentId !== agent.id || one.state !== 'offline') return;
        detach();
        resolve(body);
      });
    });
    agent.close();
    clock = 20_000;
    expect(await offline).toEqual({ agentId: agent.id, online: false, state: 'offline' });
  });

  it('have their speeds kept, of enrolled nodes only', async () => {
    const agent = await startAgent(center, 'fast.test');
    const node = await startNode(center, 'measured');
    sockets.push(agent.socket, node.socket);
    const sample = { at: Date.now(), kind: 'probe', bytesPerSecond: 1000, sma: 900, samples: 2 };
    for (let i = 0; i < 35; i += 1)
      await agent.send('speed', { ...sample, nodeId: node.id, bytesPerSecond: i });
    expect((await agent.send('speed', { ...sample, nodeId: randomUUID() })).ok).toBe(true);
    const { items } = (await center.call('GET', '/speeds', { token: center.admin.apiToken })).as(page(speed));
    const mine = items.filter((one) => one.agentId === agent.id);
    const measured = mine.find((one) => one.nodeName === 'measured');
    expect(measured).toMatchObject({ bytesPerSecond: 900, samples: 2 });
    expect(measured?.recent).toHaveLength(30);
    expect(measured?.recent.at(-1)?.bytesPerSecond).toBe(34);
    expect(mine.find((one) => one.nodeName === 'newcomer')?.bytesPerSecond ?? null).toBeNull();
  });
});

describe('nodes', () => {
  it('get the revocation list when they connect and when it changes', async () => {
    const node = await startNode(center, 'listener');
    sockets.push(node.socket);
    const before = node.revocations[0] ?? (await node.nextRevocations());
    const next = node.nextRevocations();
    const exp = Math.floor(Date.now() / 1000) + 3600;
    await revokeTokens(center.center, [{ jti: 'leaked', exp }]);
    const after = await next;
    expect(after.revoked).toContainEqual({ jti: 'leaked', exp });
    expect(after.version).toBeGreaterThan(before.version);
  });

  it('are shown with what they report, less what they keep in reserve', async () => {
    const node = await startNode(center, 'roomy');
    sockets.push(node.socket);
    const { json } = await center.call('GET', `/storage-nodes/${node.id}`, { token: center.admin.apiToken });
    expect(json).toMatchObject({ online: true, health: 'ok', totalBytes: 1e12, freeBytes: 5e11 - 1e9 });
  });
});

describe('browsers', () => {
  it.each(['viewer', 'operator', 'admin'] as const)(
    'a %s is sent what changes, as the contract has it',
    async (role) => {
      const socket = connect(center, BROWSER_NAMESPACE, { token: await center.token(role) });
      sockets.push(socket);
      await connected(socket);
      const told = new Promise((resolve) => socket.once('changed', resolve));
      center.center.live.changed('tasks', 'x');
      expect(centerToBrowser.changed.parse(await told)).toEqual({ resource: 'tasks', id: 'x' });
    },
  );

  it('nobody else is let in', async () => {
    expect((await refusal(BROWSER_NAMESPACE, {})).code).toBe('unauthenticated');
    expect((await refusal(BROWSER_NAMESPACE, { token: 'bw_api_wrong' })).code).toBe('unauthenticated');
    for (const token of ['bw_api_\0', 'bw_api_\ud800', 'bw_api_\u65e5', 'x\r\nx: y', [[[]]]]) {
      expect((await refusal(BROWSER_NAMESPACE, { token })).code).toBe('unauthenticated');
    }
    const enrolled = await enrolAgent(center, 'spy.test');
    expect((await refusal(BROWSER_NAMESPACE, { token: enrolled.credential })).code).toBe('unauthenticated');
  });

  it('one whose API token was revoked is put out', async () => {
    const made = await center.call('POST', '/api-tokens', {
      token: center.admin.apiToken,
      body: { name: 'short', role: 'viewer' },
    });
    const { secret, apiToken } = made.as(apiTokenAnswer);
    const socket = connect(center, BROWSER_NAMESPACE, { token: secret });
    sockets.push(socket);
    await connected(socket);
    const out = new Promise((resolve) => socket.once('disconnect', resolve));
    await center.call('DELETE', `/api-tokens/${apiToken.id}`, { token: center.admin.apiToken });
    clock = 60_000;
    expect(await out).toBe('io server disconnect');
  });
});
