import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verb } from '@breakwater/contract/storage-token';
import { describePackStore } from '@breakwater/restic-format/testing/pack-store-conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from './probe-client.ts';
import { createRestStore } from './rest-store.ts';
import { startEnrolmentServer } from './testing/enrolment-server.ts';
import { type SpawnedNode, spawnNode } from './testing/spawned-node.ts';
import { createTokenSigner, type TokenSigner } from './testing/token-signer.ts';

let folder: string;
let node: SpawnedNode;
let signer: TokenSigner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  signer = await createTokenSigner();
  const server = await startEnrolmentServer(signer.publicKey);
  node = await spawnNode({ server: server.url, name: 'node-1', folder });
  await server.close();
});
afterAll(async () => {
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function storeWith(repositoryId: string, ...verbs: Verb[]) {
  const creator = await signer.sign({ nodeId: node.nodeId, repositoryId, verbs: ['create'] });
  const empty = createRestStore({ url: `${node.url}/${repositoryId}/`, token: () => creator });
  await empty.createFolders();
  empty.close();
  const token = await signer.sign({ nodeId: node.nodeId, repositoryId, verbs });
  return createRestStore({ url: `${node.url}/${repositoryId}/`, token: () => token });
}
const nameOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describePackStore('RestStore on a real storage node', async () => {
  const store = await storeWith(randomUUID(), 'read', 'append', 'lock', 'create', 'delete');
  return { store, close: async () => store.close() };
});

describe('RestStore on a real storage node', () => {
  it.each<[Verb[], string]>([
    [['read'], 'verb-not-granted'],
    [['append'], 'no failure'],
  ])('with a token for %s, writing ends with %s', async (verbs, expected) => {
    const store = await storeWith(randomUUID(), ...verbs);
    // Larger than any socket buffer: a refusal has to get through while the body is still being sent.
    const body = randomBytes(24 << 20);
    const code = await store.write('data', nameOf(body), [body]).then(
      () => 'no failure',
      (error) => error.code,
    );
    expect(code).toBe(expected);
    store.close();
  });

  it('says token-expired', async () => {
    const repositoryId = randomUUID();
    const token = await signer.sign({ nodeId: node.nodeId, repositoryId, verbs: ['read'], seconds: -120 });
    const store = createRestStore({ url: `${node.url}/${repositoryId}/`, token: () => token });
    await expect(store.list('data')).rejects.toMatchObject({ code: 'token-expired', retryable: false });
    store.close();
  });
});

describe('probe of a real storage node', () => {
  it('gives a sample and leaves nothing behind', async () => {
    const before = await readdir(node.dataDir, { recursive: true });
    const token = await signer.sign({ nodeId: node.nodeId, verbs: ['probe'] });
    const outcome = await probe({ url: node.url, token });
    expect(outcome).toMatchObject({ kind: 'sample', answer: { written: false } });
    if (outcome.kind === 'sample') expect(outcome.bytesPerSecond).toBeGreaterThan(0);
    expect(await readdir(node.dataDir, { recursive: true })).toEqual(before);
  });

  it('waits its turn', async () => {
    const token = await signer.sign({ nodeId: node.nodeId, verbs: ['probe'] });
    const outcomes = await Promise.all([1, 2, 3].map(() => probe({ url: node.url, token })));
    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds).toContain('sample');
    expect(outcomes.filter((one) => one.kind === 'failed')).toEqual([]);
  });
});
