import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnrolment } from '@breakwater/contract/enrolment';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStorageNode } from '../start-storage-node.ts';
import { requireNodeState, writeNodeState } from '../state/node-state.ts';
import { startTestCenter, type TestCenter } from '../testing/control-center.ts';
import { silentLogger } from '../testing/running-node.ts';
import { generateSigningKey } from '../tokens/generate-signing-key.ts';
import { accessToken } from './access-token.ts';
import { enroll } from './enroll.ts';

let base: string;
let center: TestCenter;
let seen: unknown[];
let reply: { status: number; body: unknown };
let paths: (string | undefined)[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'breakwater-'));
  const { d: _secret, ...signingKey } = await generateSigningKey();
  seen = [];
  paths = [];
  reply = {
    status: 201,
    body: { nodeId: randomUUID(), credential: 'a-credential', name: 'node-a', signingKeys: [signingKey] },
  };
  center = await startTestCenter({
    onRequest: (request, body) => {
      seen.push(body);
      paths.push(request.url);
      return reply;
    },
  });
});
afterEach(async () => {
  await center.close();
  await rm(base, { recursive: true, force: true });
});

const options = (changes: object = {}) => ({
  server: center.url,
  token: 'join-me',
  name: 'node-a',
  listen: '127.0.0.1:0',
  publicUrl: 'http://127.0.0.1:0',
  data: join(base, 'new', 'folder'),
  ...changes,
});

describe('enroll', () => {
  it('spends the join token, and keeps what it got for the owner alone', async () => {
    const state = await enroll(options({ reserve: '10M', quota: '1.5G' }));
    expect(paths).toEqual(['/api/v1/enrol/storage-node']);
    const asked = nodeEnrolment.parse(seen[0]);
    expect(asked).toMatchObject({ token: 'join-me', name: 'node-a', insecureHttp: false });
    expect(asked.publicKey).not.toHaveProperty('d');
    expect(asked.publicKey.kid).toBe(state.privateKey.kid);
    const folder = join(base, 'new', 'folder');
    expect((await stat(join(folder, 'node.json'))).mode & 0o777).toBe(0o600);
    expect(await requireNodeState(folder)).toEqual(state);
    expect(state).toMatchObject({ reserveBytes: 10 * 1024 ** 2, quotaBytes: 1.5 * 1024 ** 3 });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('makes a node that runs, with the port it got in its URL', async () => {
    await enroll(options());
    const node = await startStorageNode({ dataDir: join(base, 'new', 'folder'), logger: silentLogger });
    expect(node.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect((await center.nextHeartbeat()).url).toBe(node.url);
    await expect(
      startStorageNode({ dataDir: join(base, 'new', 'folder'), logger: silentLogger }),
    ).rejects.toThrow(/Another storage node is running on/);
    await node.close();
  });

  it('is done once for a folder, unless the control center released it', async () => {
    const state = await enroll(options());
    await expect(enroll(options())).rejects.toThrow(/is enrolled already, as "node-a"/);
    expect(seen).toHaveLength(1);
    await writeNodeState(join(base, 'new', 'folder'), { ...state, credential: null, signingKeys: [] });
    await enroll(options());
    expect(seen).toHaveLength(2);
  });

  it.each([
    [{ server: 'http://center.example.org' }, '--server is http://center.example.org: plain http'],
    [{ publicUrl: 'http://10.0.0.1:1' }, '--public-url is http://10.0.0.1:1: plain http'],
  ])('refuses plain http to another machine: %j', async (changes, sentence) => {
    await expect(enroll(options(changes))).rejects.toThrow(sentence);
    expect(seen).toHaveLength(0);
    await expect(readdir(join(base, 'new'))).rejects.toThrow('ENOENT');
  });

  it('accepts plain http when told, and says so', async () => {
    await enroll(options({ publicUrl: 'http://10.0.0.1:1', insecureHttp: true }));
    expect(seen[0]).toMatchObject({ insecureHttp: true, url: 'http://10.0.0.1:1' });
  });

  it.each([
    [{ name: 'Node A' }, '--name is "Node A"'],
    [{ listen: '8400' }, '--listen is "8400"'],
    [{ publicUrl: 'ftp://x' }, '--public-url is "ftp://x"'],
    [{ server: undefined }, '--server is missing'],
    [{ token: '' }, '--token is set: expected a join token'],
    [{ quota: 'lots' }, '--quota is "lots"'],
  ])('names the option that is wrong: %j', async (changes, words) => {
    await expect(enroll(options(changes))).rejects.toThrow(words);
    expect(seen).toHaveLength(0);
  });

  it("tells the control center's refusal, and leaves no half-done state", async () => {
    reply = {
      status: 409,
      body: {
        type: 'x',
        title: 'Conflict',
        status: 409,
        detail: 'The join token was used.',
        code: 'join-token-used',
      },
    };
    await expect(enroll(options())).rejects.toMatchObject({
      code: 'join-token-used',
      message: 'The control center refused: The join token was used.',
    });
    reply = { status: 200, body: { hello: 'world' } };
    await expect(enroll(options())).rejects.toThrow('answered something else than a control center would');
    reply = { status: 502, body: 'bad gateway' };
    await expect(enroll(options())).rejects.toThrow('answered 502');
    expect(await readdir(join(base, 'new', 'folder'))).not.toContain('node.json');
  });

  it('says that nobody answers', async () => {
    await expect(enroll(options({ server: 'http://127.0.0.1:9' }))).rejects.toThrow(
      /^The control center at http:\/\/127\.0\.0\.1:9 does not answer: /,
    );
  });

  it('says that a folder cannot be used', async () => {
    await expect(enroll(options({ data: '/dev/null/x' }))).rejects.toThrow('--data is /dev/null/x');
  });
});

describe('access-token', () => {
  it('is signed without the control center, and valid on this node', async () => {
    const state = await enroll(options());
    const data = join(base, 'new', 'folder');
    await expect(accessToken({ data, repository: 'repo', verbs: 'read' })).rejects.toThrow('has not run yet');
    const node = await startStorageNode({ dataDir: data, logger: silentLogger });
    await center.close();
    try {
      const { token, command, expiresAt } = await accessToken({
        data,
        repository: 'repo',
        verbs: 'read, append,create',
        expires: '600',
      });
      expect(Math.abs(expiresAt.getTime() - Date.now() - 600_000)).toBeLessThan(60_000);
      const host = node.url.slice('http://'.length);
      expect(command).toBe(`restic -r rest:http://any:${token}@${host}/repo/ --no-lock snapshots`);
      const made = await fetch(`${node.url}/repo/?create=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(made.status).toBe(200);
    } finally {
      await node.close();
    }
    const { command } = await accessToken({ data, repository: 'repo', verbs: 'read,lock' });
    expect(command).not.toContain('--no-lock');
    expect(await readFile(join(data, 'node.json'), 'utf8')).toContain(state.privateKey.d);
  });

  it.each([
    [{ repository: '../x' }, '--repository is "../x"'],
    [{ verbs: 'read,root' }, '--verbs is "read,root"'],
    [{ verbs: 'probe' }, '--verbs is "probe"'],
    [{ verbs: '' }, '--verbs is ""'],
    [{ expires: '1' }, '--expires is "1"'],
    [{ expires: 'soon' }, '--expires is "soon"'],
  ])('names the option that is wrong: %j', async (changes, words) => {
    await expect(accessToken({ data: base, repository: 'repo', verbs: 'read', ...changes })).rejects.toThrow(
      words,
    );
  });

  it('needs an enrolled folder', async () => {
    await expect(accessToken({ data: base, repository: 'repo', verbs: 'read' })).rejects.toThrow(
      'holds no enrolled node',
    );
  });
});
