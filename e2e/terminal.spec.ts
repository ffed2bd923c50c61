import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recoveryKit } from '@breakwater/contract/resources';
import { expect, test } from '@playwright/test';
import { makeSource } from './make-source.ts';
import { describeTree } from './same-tree.ts';
import { freePort, launch, makeDataDir, removeDataDir } from './start-cluster.ts';
import { restic, whyNoRestic } from './stock-restic.ts';

test('npm start -- --backup PATH --once backs up, tells how to restore, and stock restic does', async () => {
  const dataDir = makeDataDir();
  const source = makeSource();
  const env = { BREAKWATER_DATA: dataDir, PORT: String(await freePort()) };
  const first = launch(['--backup', source, '--once'], env);
  expect(await first.ended, first.output()).toBe(0);
  expect(first.output()).toContain('Backup succeeded');
  expect(first.output()).toMatch(/Node: {5}node-[abc] \(.+\)/);
  expect(first.output()).toContain('restic -r');

  const kits = readdirSync(join(dataDir, 'recovery-kits'));
  expect(kits).toHaveLength(1);
  const kitFile = join(dataDir, 'recovery-kits', kits[0] ?? '');
  expect(statSync(kitFile).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'admin.json')).mode & 0o777).toBe(0o600);
  const kit = recoveryKit.parse(JSON.parse(readFileSync(kitFile, 'utf8')));
  // There are three nodes, and a task wants two copies.
  expect(first.output()).toContain('Copies:   2 of 2');
  expect(kit.copies).toHaveLength(2);
  const copy = kit.copies[0]?.path ?? '';
  expect(copy).toBe(join(dataDir, 'nodes', kit.copies[0]?.node ?? '', kit.repositoryId));
  expect(existsSync(join(copy, 'config'))).toBe(true);

  await test.step('a second run of the same path reuses the task and adds next to nothing', async () => {
    const again = launch(['--backup', source, '--once'], env);
    expect(await again.ended, again.output()).toBe(0);
  });

  const reason = whyNoRestic();
  test.info().annotations.push({ type: 'judge', description: reason ?? 'stock restic' });
  if (reason === null) {
    restic(copy, kit.password, 'check', '--read-data');
    expect(JSON.parse(restic(copy, kit.password, 'snapshots', '--json'))).toHaveLength(2);
    const target = mkdtempSync(join(tmpdir(), 'breakwater-restored-'));
    restic(copy, kit.password, 'restore', 'latest', '--target', target);
    expect(describeTree(join(target, source))).toEqual(describeTree(source));
    rmSync(target, { recursive: true, force: true });
  }
  rmSync(source, { recursive: true, force: true });
  removeDataDir(dataDir);
});

test('a port in use, a path that is not there, a bad option: one sentence that names it', async () => {
  const { createServer } = await import('node:net');
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const dataDir = makeDataDir();
  const env = { BREAKWATER_DATA: dataDir };

  const inUse = launch([], { ...env, PORT: String(port) });
  expect(await inUse.ended).toBe(1);
  expect(inUse.output()).toContain(`Port ${port} on 127.0.0.1 is in use by another program`);
  await new Promise((resolve) => taken.close(resolve));

  const missing = launch(['--backup', '/there/is/nothing'], env);
  expect(await missing.ended).toBe(1);
  expect(missing.output()).toContain('/there/is/nothing: there is no such file or folder');

  const bad = launch(['--nodes', 'three'], env);
  expect(await bad.ended).toBe(1);
  expect(bad.output()).toContain('--nodes is "three": expected a number from 0 to 20');

  const badPort = launch([], { ...env, PORT: 'http' });
  expect(await badPort.ended).toBe(1);
  expect(badPort.output()).toContain('PORT is "http": expected a number from 1 to 65535');
  removeDataDir(dataDir);
});
