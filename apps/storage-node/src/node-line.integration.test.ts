import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { probe } from '@breakwater/storage-client/probe-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStorageNode, type StorageNode } from './start-storage-node.ts';
import { type EnrolledFolder, makeEnrolledFolder } from './testing/enrolled-folder.ts';
import { REPOSITORY, sha256, silentLogger } from './testing/running-node.ts';
import { startTestCenter, type TestCenter } from './testing/control-center.ts';

/** So little that nothing here would end before the test does. */
const TRICKLE = 10_000;
const body = randomBytes(4_000_000);

let center: TestCenter;
let folder: EnrolledFolder;
let node: StorageNode;
const start = async (): Promise<void> => {
  node = await startStorageNode({ dataDir: folder.dataDir, logger: silentLogger, heartbeatMs: 200 });
};
beforeEach(async () => {
  center = await startTestCenter();
  folder = await makeEnrolledFolder({ server: center.url, credential: 'secret' });
  await start();
});
afterEach(async () => {
  await node.close();
  await center.close();
  await rm(folder.dataDir, { recursive: true });
});

const limit = async (bytesPerSecond: number | null): Promise<void> => {
  const given = bytesPerSecond === null ? null : { bytesPerSecond, windows: [], timeZone: 'UTC' };
  expect(await center.call('bandwidth', { sentAt: Date.now(), limit: given })).toMatchObject({ ok: true });
};
const send = async (method: string, path: string, bytes?: Uint8Array<ArrayBuffer>): Promise<Response> => {
  const token = await folder.sign({ verbs: ['create', 'append', 'read'], repository: REPOSITORY });
  const response = await fetch(`${node.url}/${REPOSITORY}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(bytes !== undefined && { body: bytes }),
  });
  return response;
};
const path = `data/${sha256(body)}`;

it('what comes in and goes out keeps to the limit, whoever it is, and goes on when it is lifted', async () => {
  await limit(TRICKLE);
  await send('POST', '?create=true');
  const stored = send('POST', path, body);
  const first = await Promise.race([stored, center.nextHeartbeat().then(() => center.nextHeartbeat())]);
  expect(first).toHaveProperty('transfersInFlight', 1);
  await limit(null);
  expect((await stored).status).toBe(200);

  await limit(TRICKLE);
  const fetched = send('GET', path).then((response) => response.arrayBuffer());
  const sooner = await Promise.race([fetched, center.nextHeartbeat().then(() => center.nextHeartbeat())]);
  expect(sooner).toHaveProperty('transfersInFlight', 1);
  await limit(null);
  expect(Buffer.from(await fetched).equals(body)).toBe(true);
});

it('a probe keeps to it, too, and says that it was held back; also after a restart without the control center', async () => {
  const measure = async () =>
    probe({ url: node.url, token: await folder.sign({ verbs: ['probe'] }), limitMs: 10_000 });
  await limit(TRICKLE);
  expect(await measure()).toMatchObject({ kind: 'later' });
  await limit(50 * TRICKLE);
  await node.close();
  await center.close();
  await start();
  expect(await measure()).toMatchObject({ kind: 'sample', limited: true });
});
