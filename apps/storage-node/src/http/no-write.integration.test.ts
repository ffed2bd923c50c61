import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EnrolledFolder, makeEnrolledFolder } from '../testing/enrolled-folder.ts';
import { REPOSITORY, sha256 } from '../testing/running-node.ts';
import { type SpawnedNode, spawnNode } from '../testing/spawned-node.ts';

const TMPFS = 0x01021994;
let folder: EnrolledFolder;
let node: SpawnedNode;

beforeAll(async () => {
  folder = await makeEnrolledFolder();
  node = await spawnNode(folder.dataDir, { env: { BREAKWATER_PROBE_SHARE: '1' } });
});
afterAll(async () => {
  await node.stop();
  await folder.remove();
});

/** Every file with its size, and bytes that the node's process caused to be written to any disk (man 5 proc). */
async function written() {
  const files: Record<string, number> = {};
  for (const name of await readdir(folder.dataDir, { recursive: true })) {
    files[name] = (await lstat(join(folder.dataDir, name))).size;
  }
  const io = readFileSync(`/proc/${node.pid}/io`, 'utf8');
  return { files, writeBytes: Number(/^write_bytes: (\d+)$/m.exec(io)?.[1]) };
}

async function post(
  path: string,
  token: string,
  body: Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<number> {
  const response = await fetch(`${node.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

describe('a probe', () => {
  it('writes nothing: same files, same bytes, and nothing written by the process', async () => {
    const body = randomBytes(8 * 1024 * 1024);
    const writer = await folder.sign({ repository: REPOSITORY, verbs: ['append', 'create'] });
    await post(`/${REPOSITORY}/?create=true`, writer, Buffer.alloc(0));
    const start = await written();
    // The same body as a file: what the comparison must be able to see.
    expect(await post(`/${REPOSITORY}/data/${sha256(body)}`, writer, body)).toBe(200);
    const before = await written();
    expect(Object.keys(before.files).length).toBeGreaterThan(Object.keys(start.files).length);
    if ((await statfs(folder.dataDir)).type !== TMPFS) {
      expect(before.writeBytes - start.writeBytes).toBeGreaterThanOrEqual(body.length);
    }

    const probe = await folder.sign({ verbs: ['probe'] });
    for (let count = 0; count < 3; count += 1) {
      expect(await post('/probe', probe, body, { 'x-no-write': '0' })).toBe(202);
    }
    expect(await written()).toEqual(before);
  });
});
