import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EnrolledFolder, makeEnrolledFolder } from '../testing/enrolled-folder.ts';
import { REPOSITORY } from '../testing/running-node.ts';
import { type SpawnedNode, spawnNode } from '../testing/spawned-node.ts';

const MIB = 1024 * 1024;
const chunk = randomBytes(MIB);
let folder: EnrolledFolder;
let node: SpawnedNode;
let token: string;

beforeAll(async () => {
  folder = await makeEnrolledFolder();
  node = await spawnNode(folder.dataDir);
  token = await folder.sign({ repository: REPOSITORY, verbs: ['append', 'create', 'read', 'delete'] });
  await (await send('POST', `/${REPOSITORY}/?create=true`, 0)).resume();
});
afterAll(async () => {
  await node.stop();
  await folder.remove();
});

/** Largest resident memory of the node's process so far, bytes. */
function peakMemory(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))?.[1]) * 1024;
}

async function send(method: string, path: string, mebibytes: number) {
  const sending = request(`${node.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  const answered = once(sending, 'response');
  for (let sent = 0; sent < mebibytes; sent += 1) {
    if (!sending.write(chunk)) await once(sending, 'drain');
  }
  sending.end();
  const [response] = await answered;
  return response;
}

function nameOf(mebibytes: number): string {
  const hash = createHash('sha256');
  for (let at = 0; at < mebibytes; at += 1) hash.update(chunk);
  return hash.digest('hex');
}

async function upload(mebibytes: number): Promise<string> {
  const path = `/${REPOSITORY}/data/${nameOf(mebibytes)}`;
  const response = await send('POST', path, mebibytes);
  expect(response.statusCode).toBe(200);
  response.resume();
  await once(response, 'close');
  return path;
}

describe('memory', () => {
  it('does not grow with what streams in, or out', async () => {
    await upload(48);
    const before = peakMemory();
    const large = await upload(256);
    expect(peakMemory() - before).toBeLessThan(64 * MIB);

    const reading = await send('GET', large, 0);
    let bytes = 0;
    for await (const part of reading) bytes += part.length;
    expect(bytes).toBe(256 * MIB);
    expect(peakMemory() - before).toBeLessThan(96 * MIB);
  });
});
