import { rmSync } from 'node:fs';
import { page, snapshot } from '@breakwater/contract/resources';
import { expect, test } from '@playwright/test';
import { CenterApi } from '../scripts/launcher/center-api.ts';
import { makeSource } from './make-source.ts';
import { childrenOf, processesOf } from './processes.ts';
import { freePort, removeDataDir, startCluster } from './start-cluster.ts';

test('stops without an orphan, survives kill -9 of its parts and of itself, and loses nothing', async () => {
  const source = makeSource();
  const cluster = await startCluster(['--backup', source], { keepData: true });
  await expect.poll(() => cluster.output(), { timeout: 120_000 }).toContain('goes on running');
  const api = new CenterApi(cluster.url, cluster.admin.apiToken);
  // Its second copy is fetched when the backup has ended.
  await expect
    .poll(async () => (await api.get('/snapshots', page(snapshot))).items[0]?.copies.length, {
      timeout: 60_000,
    })
    .toBe(2);
  const before = await api.get('/snapshots', page(snapshot));
  expect(before.items).toHaveLength(1);

  await test.step('a killed child is started again', async () => {
    for (const part of ['breakwater-node.mjs run', 'breakwater-agent.mjs run', 'server.ts']) {
      const child = processesOf(cluster.dataDir).find((one) => one.command.includes(part));
      expect(child, part).toBeDefined();
      if (child !== undefined) process.kill(child.pid, 'SIGKILL');
    }
    await expect
      .poll(async () => (await fetch(`${cluster.url}/readyz`).catch(() => null))?.ok ?? false, {
        timeout: 60_000,
      })
      .toBe(true);
    // What is the same again includes that the node with the copy is online.
    await expect
      .poll(async () => await api.get('/snapshots', page(snapshot)).catch(() => null), { timeout: 60_000 })
      .toEqual(before);
  });

  await test.step('a killed database is started again, where the control center finds it', async () => {
    const keeper = processesOf(cluster.dataDir).find((one) => one.command.includes('postgres-process.ts'));
    const server = childrenOf(keeper?.pid ?? 0)[0];
    expect(server).toBeDefined();
    if (server !== undefined) process.kill(server, 'SIGKILL');
    await expect
      .poll(async () => await api.get('/snapshots', page(snapshot)).catch(() => null), { timeout: 60_000 })
      .toEqual(before);
  });

  const options = { dataDir: cluster.dataDir, port: await freePort(), keepData: true };
  await test.step('after kill -9 of the launcher the next start works, on another port too', async () => {
    cluster.process.kill('SIGKILL');
    const again = await startCluster([], options);
    const found = await new CenterApi(again.url, again.admin.apiToken).get('/snapshots', page(snapshot));
    expect(found.items.map((one) => one.id)).toEqual(before.items.map((one) => one.id));
    await again.stop();
    expect(processesOf(cluster.dataDir)).toEqual([]);
  });

  rmSync(source, { recursive: true, force: true });
  removeDataDir(cluster.dataDir);
});
