import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { requireNodeState } from '../state/node-state.ts';
import { startStorageNode } from '../start-storage-node.ts';
import { startTestCenter, type TestCenter, type TestCenterOptions } from '../testing/control-center.ts';
import { REPOSITORY, type RunningNode, runNode, sha256, silentLogger } from '../testing/running-node.ts';

let center: TestCenter;
let node: RunningNode;

afterEach(async () => {
  await node.stop();
  await center.close();
});

async function start(options: TestCenterOptions = {}): Promise<void> {
  center = await startTestCenter(options);
  node = await runNode({ server: center.url }, { heartbeatMs: 50 });
}

async function store(kind: string, body: string): Promise<string> {
  const token = await node.grant('create', 'append', 'lock');
  await node.send('POST', `/${REPOSITORY}/?create=true`, token);
  const response = await node.send('POST', `/${REPOSITORY}/${kind}/${sha256(body)}`, token, { body });
  expect(response.status).toBe(200);
  return sha256(body);
}

const failure = (code: string) => ({ ok: false, failure: { code } });

describe('the link to the control center', () => {
  it('introduces the node, and beats with capacity, repositories and health', async () => {
    await start();
    await store('data', 'a body');
    await center.nextHeartbeat();
    const heartbeat = await center.nextHeartbeat();
    expect(center.handshakes[0]).toEqual({
      protocolVersion: PROTOCOL_VERSION,
      nodeId: node.nodeId,
      credential: 'a-credential',
      version: expect.stringMatching(/^\d/),
    });
    expect(heartbeat).toMatchObject({
      url: node.url,
      repositories: [{ repositoryId: REPOSITORY, bytes: 6, files: 1 }],
      // The one that has just sent it.
      transfersInFlight: 1,
      health: 'ok',
      healthReason: null,
      fileSystemId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(heartbeat.capacity.totalBytes).toBeGreaterThan(heartbeat.capacity.reserveBytes);
    expect(heartbeat.clockOffsetMs).toBeTypeOf('number');
    expect(Math.abs(heartbeat.clockOffsetMs ?? 0)).toBeLessThan(5000);
    const health = await node.send('GET', '/healthz', null);
    expect(await health.json()).toMatchObject({ checks: { controlCenter: 'connected' } });
  });

  it('tells a clock that is off', async () => {
    await start({ clockMs: 600_000 });
    await expect
      .poll(async () => (await center.nextHeartbeat()).healthReason, { timeout: 10_000 })
      .toContain("600 s behind the control center's");
    const heartbeat = await center.nextHeartbeat();
    expect(heartbeat.health).toBe('degraded');
    expect(heartbeat.clockOffsetMs).toBeLessThan(-590_000);
  });

  it('revokes tokens at once, and after a restart', async () => {
    await start();
    await center.connected();
    await store('data', 'a body');
    const token = await node.folder.sign({ repository: REPOSITORY, verbs: ['read'], jti: 'leaked' });
    const list = () => node.send('GET', `/${REPOSITORY}/data/`, token);
    expect((await list()).status).toBe(200);
    const exp = Math.floor(Date.now() / 1000) + 3600;
    expect(await center.call('revocations', { version: 1, revoked: [{ jti: 'leaked', exp }] })).toEqual({
      ok: true,
      body: {},
    });
    const refused = await list();
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'token-revoked' });

    await node.close();
    const again = await startStorageNode({ dataDir: node.folder.dataDir, logger: silentLogger });
    node = {
      ...node,
      url: again.url,
      close: again.close,
      stop: async () => {
        await again.close();
        await node.folder.remove();
      },
    };
    const still = await fetch(`${again.url}/${REPOSITORY}/data/`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(still.status).toBe(401);
    // A new list replaces the old one.
    await center.call('revocations', { version: 2, revoked: [] });
    const allowed = await fetch(`${again.url}/${REPOSITORY}/data/`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(allowed.status).toBe(200);
  });

  it('removes locks, and only locks', async () => {
    await start();
    await center.connected();
    const lock = await store('locks', 'a lock');
    const pack = await store('data', 'a pack');
    const remove = (names: string[]) => center.call('remove-locks', { repositoryId: REPOSITORY, names });
    expect(await remove([lock, 'f'.repeat(64), pack])).toEqual({ ok: true, body: { removed: 1 } });
    expect(await remove([lock])).toEqual({ ok: true, body: { removed: 0 } });
    expect(await remove(['../../node.json'])).toMatchObject(failure('bad-name'));
    expect((await node.send('HEAD', `/${REPOSITORY}/data/${pack}`, await node.grant('read'))).status).toBe(
      200,
    );
  });

  it('says where a repository lies', async () => {
    await start();
    await center.connected();
    const path = join(node.folder.dataDir, REPOSITORY);
    expect(await center.call('locate', { repositoryId: REPOSITORY })).toEqual({
      ok: true,
      body: { path, exists: false },
    });
    await store('data', 'a body');
    expect(await center.call('locate', { repositoryId: REPOSITORY })).toEqual({
      ok: true,
      body: { path, exists: true },
    });
  });

  it('lists the repositories in its folder, and counts one anew', async () => {
    await start();
    await center.connected();
    const copied = join(node.folder.dataDir, 'from-elsewhere');
    await mkdir(join(copied, 'keys'), { recursive: true });
    await writeFile(join(copied, 'config'), 'sealed');
    const ok = (body: object) => ({ ok: true, body });
    const first = { repositoryId: 'from-elsewhere', bytes: 6, files: 1 };
    expect(await center.call('list-repositories', {})).toEqual(
      ok({ repositories: [first], misnamed: [], unreadable: [] }),
    );
    await writeFile(join(copied, 'keys', 'a'.repeat(64)), 'a key');
    const measure = (repositoryId: string) => center.call('measure-repository', { repositoryId });
    expect(await measure('from-elsewhere')).toEqual(ok({ bytes: 11, files: 2 }));
    expect(await measure('metrics')).toMatchObject(failure('bad-name'));
    expect(await measure('nobody')).toMatchObject(failure('not-found'));
  });

  it('refuses messages that are not of the contract, and goes on', async () => {
    await start();
    const socket = await center.connected();
    const send = (name: string, ...body: unknown[]) => socket.timeout(5000).emitWithAck(name, ...body);
    expect(await send('locate', { repositoryId: '../..' })).toMatchObject(failure('invalid-request'));
    expect(await send('locate', { repositoryId: 'metrics' })).toMatchObject(failure('bad-name'));
    expect(await send('revocations', 'nonsense')).toMatchObject(failure('invalid-request'));
    expect(await send('revocations')).toMatchObject(failure('invalid-request'));
    expect(await send('format-disk', {})).toMatchObject(failure('invalid-request'));
    expect(await send('toString', {})).toMatchObject(failure('invalid-request'));
    socket.emit('locate', { repositoryId: REPOSITORY });
    await center.nextHeartbeat();
  });

  it('comes back after the control center was away, and serves meanwhile', async () => {
    await start();
    await center.connected();
    const port = Number(new URL(center.url).port);
    await center.close();
    await store('data', 'stored without a control center');
    expect((await node.send('GET', '/healthz', null)).status).toBe(200);
    center = await startTestCenter({ port });
    const heartbeat = await center.nextHeartbeat();
    expect(heartbeat.repositories).toMatchObject([{ files: 1 }]);
  });

  it('comes back after the control center ended the connection on purpose', async () => {
    await start();
    const socket = await center.connected();
    socket.disconnect(true);
    await center.nextHeartbeat();
    await expect.poll(() => center.handshakes.length, { timeout: 20_000 }).toBe(2);
    await center.nextHeartbeat();
  });

  it('tries on after it was refused', async () => {
    center = await startTestCenter();
    center.refuseWith({ code: 'protocol-version', message: 'update this node', retryable: false });
    node = await runNode({ server: center.url }, { heartbeatMs: 50 });
    await expect.poll(() => center.handshakes.length, { timeout: 20_000 }).toBe(1);
    center.refuseWith(null);
    await center.nextHeartbeat();
    expect(center.handshakes.length).toBe(2);
  });

  it('forgets the control center when it is released: only its own tokens stay valid', async () => {
    await start();
    await store('data', 'a body');
    const socket = await center.connected();
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    expect(await center.call('released', { reason: 'retired' })).toEqual({ ok: true, body: {} });
    await gone;
    const state = await requireNodeState(node.folder.dataDir);
    expect(state).toMatchObject({ credential: null, signingKeys: [] });
    expect(await readFile(join(node.folder.dataDir, 'node.json'), 'utf8')).not.toContain('a-credential');
    const path = `/${REPOSITORY}/data/`;
    expect((await node.send('GET', path, await node.grant('read'))).status).toBe(401);
    const own = await node.folder.sign({ repository: REPOSITORY, verbs: ['read'] }, state.privateKey);
    expect((await node.send('GET', path, own)).status).toBe(200);
  });
});
