import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Verb, verbs } from '@breakwater/contract/storage-token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY, type RunningNode, runNode, sha256 } from '../testing/running-node.ts';

let node: RunningNode;
const body = 'the body of every file';
const name = sha256(body);
const config = `/${REPOSITORY}/config`;

beforeAll(async () => {
  node = await runNode();
});
afterAll(() => node.stop());

/** Each route with the verbs of which one is enough, and what it answers to who may and finds no file. */
const routes: [string, string, readonly Verb[], number][] = [
  ['GET', config, ['read'], 404],
  ['HEAD', config, ['read'], 404],
  ['POST', config, ['create'], 200],
  ['DELETE', config, ['delete'], 200],
  ...(['data', 'index', 'snapshots', 'keys', 'locks'] as const).flatMap(
    (kind): [string, string, readonly Verb[], number][] => {
      const file = `/${REPOSITORY}/${kind}/${name}`;
      const write: Verb = kind === 'locks' ? 'lock' : kind === 'keys' ? 'create' : 'append';
      return [
        ['GET', `/${REPOSITORY}/${kind}/`, ['read'], 200],
        ['GET', file, ['read'], 404],
        ['HEAD', file, ['read'], 404],
        ['POST', file, [write], 200],
        ['DELETE', file, [kind === 'locks' ? 'lock' : 'delete'], 200],
      ];
    },
  ),
  ['POST', `/${REPOSITORY}/?create=true`, ['create', 'append'], 200],
  ['DELETE', `/${REPOSITORY}/`, [], 403],
];

describe.each(routes)('%s %s', (method, path, enough, answer) => {
  it.each(verbs)('with a token for "%s"', async (verb) => {
    const admin = await node.grant('create', 'delete', 'lock');
    expect((await node.send('POST', `/${REPOSITORY}/?create=true`, admin)).status).toBe(200);
    await node.send('DELETE', path, admin);

    const response = await node.send(method, path, await node.grant(verb), method === 'POST' ? { body } : {});
    expect(response.status).toBe(enough.includes(verb) ? answer : 403);
    if (response.status !== 403 || method === 'HEAD') return;
    expect(await response.json()).toMatchObject({
      code: enough.length === 0 ? 'forbidden' : 'verb-not-granted',
    });
  });

  it('without a token, or with one that is worth nothing', async () => {
    const { sign, state } = node.folder;
    const now = Math.floor(Date.now() / 1000);
    const all = { repository: REPOSITORY, verbs: [...verbs] };
    const forged = await sign(all, { ...state.privateKey, kid: state.signingKeys[0]?.kid ?? '' });
    const worthless = [
      [null, 'unauthenticated'],
      ['nonsense', 'token-invalid'],
      [await sign({ ...all, iat: now - 7200, exp: now - 3600 }), 'token-expired'],
      [forged, 'token-invalid'],
      [await sign({ ...all, aud: '00000000-0000-4000-8000-000000000000' }), 'token-invalid'],
    ] as const;
    for (const [token, code] of worthless) {
      const response = await node.send(method, path, token, method === 'POST' ? { body } : {});
      expect(response.status, code).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Basic');
      if (method !== 'HEAD') expect(await response.json()).toMatchObject({ code });
    }
  });

  it("with another repository's token", async () => {
    const token = await node.folder.sign({ repository: 'another', verbs: [...verbs] });
    const response = await node.send(method, path, token, method === 'POST' ? { body } : {});
    expect(response.status).toBe(403);
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ code: 'forbidden' });
  });
});

describe('a token with the wrong verbs', () => {
  it('does not make a repository with append alone', async () => {
    const token = await node.folder.sign({ repository: 'fresh', verbs: ['read', 'append', 'lock'] });
    expect((await node.send('POST', '/fresh/?create=true', token)).status).toBe(403);
    expect((await node.send('POST', `/fresh/data/${name}`, token, { body })).status).toBe(404);
    expect(existsSync(join(node.folder.dataDir, 'fresh'))).toBe(false);
  });
});
