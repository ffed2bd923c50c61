import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EnrolledFolder, makeEnrolledFolder } from '../testing/enrolled-folder.ts';
import { findOldNode } from '../testing/old-node.ts';
import { commandFile, isRunning, spawnNode } from '../testing/spawned-node.ts';

const run = promisify(execFile);
const oldNode = findOldNode();
const nodes: [string, string | null][] = [
  ['Node 24', process.execPath],
  [oldNode === null ? 'an older Node (skipped: none installed)' : 'an older Node', oldNode],
];

let folder: EnrolledFolder;
beforeEach(async () => {
  folder = await makeEnrolledFolder();
});
afterEach(() => folder.remove());

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
}

describe.each(nodes)('breakwater-node under %s', (_name, node) => {
  const test = it.skipIf(node === null);
  const command = [node ?? '', commandFile];

  test('serves, and ends with 0 on SIGTERM', async () => {
    const spawned = await spawnNode(folder.dataDir, { command });
    expect((await fetch(`${spawned.url}/healthz`)).status).toBe(200);
    spawned.child.kill('SIGTERM');
    expect(await spawned.exit).toEqual([0, null]);
    expect(isRunning(spawned.pid)).toBe(false);
  });

  test('serves on after kill -9 and a new start', async () => {
    const first = await spawnNode(folder.dataDir, { command });
    process.kill(first.pid, 'SIGKILL');
    await first.exit;
    const second = await spawnNode(folder.dataDir, { command });
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
    await second.stop();
  });

  test('ends when the process that started it with an IPC channel lets go', async () => {
    const spawned = await spawnNode(folder.dataDir, {
      command,
      spawn: { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    });
    spawned.child.disconnect();
    expect(await spawned.exit).toEqual([0, null]);
    await gone(spawned.pid);
  });

  test('works through a link, from any folder', async () => {
    const link = join(folder.dataDir, 'breakwater-node');
    await symlink(commandFile, link);
    const { stdout } = await run(node ?? '', [link, '--version'], { cwd: tmpdir() });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('prints a token, and nothing else, on its output; beside it the command that uses it', async () => {
    await writeFile(join(folder.dataDir, 'last-address.json'), '{"url":"http://127.0.0.1:4711"}');
    const { stdout, stderr } = await run(node ?? '', [
      commandFile,
      ...['access-token', '--data', folder.dataDir, '--repository', 'repo', '--verbs', 'read,lock'],
    ]);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const [command = '', validity = ''] = stderr.split('\n');
    expect(command).toBe(`restic -r rest:http://any:${stdout.trim()}@127.0.0.1:4711/repo/ snapshots`);
    expect(validity).toMatch(/^Valid until /);
  });

  test('passes failures on: one sentence, exit code 1', async () => {
    const failing = (args: string[], env: Record<string, string> = {}) =>
      run(node ?? '', [commandFile, ...args], { env: { ...process.env, ...env } }).then(
        () => null,
        (error: { code: number; stderr: string; stdout: string }) => [error.code, error.stderr, error.stdout],
      );
    const nowhere = join(folder.dataDir, 'nowhere');
    expect(await failing(['run', '--data', nowhere])).toEqual([
      1,
      `breakwater-node: ${nowhere} holds no enrolled node. Run "breakwater-node enroll" first.\n`,
      '',
    ]);
    expect(await failing(['run', '--data', folder.dataDir], { BREAKWATER_LOG_LEVEL: 'loud' })).toEqual([
      1,
      expect.stringMatching(/^breakwater-node: BREAKWATER_LOG_LEVEL is "loud": .*\n$/),
      '',
    ]);
    expect(await failing(['run', '--data', folder.dataDir, '--tls-cert', 'x'])).toEqual([
      1,
      'breakwater-node: --tls-cert and --tls-key go together: give both or neither.\n',
      '',
    ]);
    expect(await failing(['enroll'])).toEqual([1, expect.stringContaining("'--server <url>'"), '']);
  });

  test('says which port is taken', async () => {
    const first = await spawnNode(folder.dataDir, { command });
    const { port } = new URL(first.url);
    const other = await makeEnrolledFolder({ listen: `127.0.0.1:${port}` });
    await expect(run(node ?? '', [commandFile, 'run', '--data', other.dataDir])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Cannot listen on 127.0.0.1:${port}: another process is using it.`),
    });
    await other.remove();
    await first.stop();
  });
});

describe('breakwater-node started by an older Node', () => {
  it.skipIf(oldNode === null)(
    `leaves no orphan when that Node is killed${oldNode === null ? ' (skipped: none installed)' : ''}`,
    async () => {
      const spawned = await spawnNode(folder.dataDir, { command: [oldNode ?? '', commandFile] });
      expect(spawned.pid).not.toBe(spawned.child.pid);
      spawned.child.kill('SIGKILL');
      await spawned.exit;
      await gone(spawned.pid);
    },
  );

  it.skipIf(oldNode === null)(
    `hands signals on and ends as the program ended${oldNode === null ? ' (skipped: none installed)' : ''}`,
    async () => {
      const spawned = await spawnNode(folder.dataDir, { command: [oldNode ?? '', commandFile] });
      process.kill(spawned.pid, 'SIGKILL');
      expect(await spawned.exit).toEqual([null, 'SIGKILL']);
      const child = spawn(oldNode ?? '', [commandFile, 'run', '--data', '/nowhere'], { stdio: 'ignore' });
      expect(await once(child, 'exit')).toEqual([1, null]);
    },
  );
});
