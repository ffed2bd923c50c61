import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FileSystem } from '../store/file-system.ts';
import { nodeFileSystem } from '../store/node-file-system.ts';
import { REPOSITORY, type RunningNode, runNode, sha256 } from '../testing/running-node.ts';

let node: RunningNode;
afterEach(() => node.stop());

const space = { totalBytes: 100_000_000, freeBytes: 50_000_000 };
/** A real disk that says its size is what we choose, and fails when told. */
const disk: FileSystem & { failAppend: string | null } = {
  ...nodeFileSystem,
  failAppend: null,
  space: async () => ({ ...space }),
  createFile: async (path) => {
    const file = await nodeFileSystem.createFile(path);
    return {
      append: async (chunks) => {
        if (disk.failAppend !== null) throw Object.assign(new Error('write'), { code: disk.failAppend });
        await file.append(chunks);
        for (const chunk of chunks) space.freeBytes -= chunk.byteLength;
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};

async function start(quotaBytes: number | null = null): Promise<void> {
  space.freeBytes = 50_000_000;
  disk.failAppend = null;
  node = await runNode({ quotaBytes }, { fileSystem: disk });
  await node.send('POST', `/${REPOSITORY}/?create=true`, await node.grant('create'));
}

async function post(kind: string, bytes: number, ...verbs: Parameters<RunningNode['grant']>) {
  const body = randomBytes(bytes);
  const response = await node.send(
    'POST',
    `/${REPOSITORY}/${kind}/${sha256(body)}`,
    await node.grant(...verbs),
    {
      body,
    },
  );
  const answer = response.status === 200 ? null : ((await response.json()) as { code: string }).code;
  return [response.status, answer];
}

async function leftOvers(): Promise<string[]> {
  const entries = await readdir(join(node.folder.dataDir, REPOSITORY), { recursive: true });
  return entries.filter((name) => name.includes('.incoming-'));
}

describe('a full disk', () => {
  it('takes no data into the reserve of 2 %, but locks, and what a prune writes', async () => {
    await start();
    space.freeBytes = 2_001_000;
    expect(await post('data', 1000, 'append')).toEqual([200, null]);
    space.freeBytes = 2_001_000;
    expect(await post('data', 1001, 'append')).toEqual([507, 'node-full']);
    space.freeBytes = 2_000_000;
    expect(await post('snapshots', 1, 'append')).toEqual([507, 'node-full']);
    expect(await post('locks', 200, 'lock')).toEqual([200, null]);
    expect(await post('index', 5000, 'append', 'delete')).toEqual([200, null]);
    expect(await (await node.send('GET', '/healthz', null)).json()).toMatchObject({
      status: 'degraded',
      checks: { space: expect.stringContaining('2000000') },
    });
    space.freeBytes = 0;
    expect(await post('locks', 200, 'lock')).toEqual([507, 'node-full']);
    expect(await leftOvers()).toEqual([]);
  });

  it('stops a body of unknown length where the room ends', async () => {
    await start();
    space.freeBytes = 2_000_000 + 3 * 1024 * 1024;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    });
    const response = await node.send(
      'POST',
      `/${REPOSITORY}/data/${'a'.repeat(64)}`,
      await node.grant('append'),
      {
        body,
        duplex: 'half',
      } as RequestInit,
    );
    expect(response.status).toBe(507);
    expect(await response.json()).toMatchObject({ code: 'node-full' });
    expect(await leftOvers()).toEqual([]);
  });

  it.each([
    ['ENOSPC', 507, 'node-full'],
    ['EDQUOT', 507, 'quota-exceeded'],
    ['EIO', 503, 'unavailable'],
  ])('answers a write that fails with %s by %s, and leaves nothing', async (errno, status, code) => {
    await start();
    disk.failAppend = errno;
    expect(await post('data', 3_000_000, 'append')).toEqual([status, code]);
    expect(await leftOvers()).toEqual([]);
    const health = await node.send('GET', '/healthz', null);
    expect(health.status).toBe(errno === 'EIO' ? 503 : 200);
    await health.body?.cancel();
    disk.failAppend = null;
    expect(await post('data', 3_000_000, 'append')).toEqual([200, null]);
    expect((await node.send('GET', '/healthz', null)).status).toBe(200);
  });

  it('keeps a quota over what was there before', async () => {
    await start(10_000);
    expect(await post('data', 6000, 'append')).toEqual([200, null]);
    expect(await post('data', 6000, 'append')).toEqual([507, 'quota-exceeded']);
    expect(await post('data', 6000, 'append', 'delete')).toEqual([200, null]);
    expect(await post('locks', 100, 'lock')).toEqual([200, null]);
  });
});
