import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStorageNode } from './start-storage-node.ts';
import { makeEnrolledFolder } from './testing/enrolled-folder.ts';
import { localhostCertificate } from './testing/localhost-certificate.ts';
import { REPOSITORY, type RunningNode, runNode, silentLogger } from './testing/running-node.ts';
import { resticAddress } from './tokens/access-token.ts';

const run = promisify(execFile);

function isInstalled(): boolean {
  try {
    execFileSync('restic', ['version']);
    return true;
  } catch {
    return false;
  }
}

// On a CI machine restic must be there, so a missing one fails instead of passing unseen.
const isSkipped = !isInstalled() && !process.env.CI;

describe.skipIf(isSkipped)(`stock restic${isSkipped ? ' (skipped: restic not installed)' : ''}`, () => {
  let base: string;
  let node: RunningNode;
  let restic: (address: string, ...args: string[]) => Promise<string>;
  let all: string;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'breakwater-'));
    node = await runNode();
    const env = {
      ...process.env,
      RESTIC_PASSWORD: 'correct horse',
      RESTIC_CACHE_DIR: join(base, 'cache'),
    };
    restic = async (address, ...args) => {
      const { stdout } = await run('restic', ['-r', address, ...args], { env, maxBuffer: 2 ** 26 });
      return stdout;
    };
    const token = await node.grant('read', 'append', 'lock', 'create', 'delete');
    all = resticAddress(node.url, REPOSITORY, token);
    const source = join(base, 'source');
    await mkdir(join(source, 'deep', 'er'), { recursive: true });
    await writeFile(join(source, 'large'), randomBytes(20 * 1024 * 1024));
    for (let n = 0; n < 200; n += 1) await writeFile(join(source, 'deep', `small-${n}`), randomBytes(n * 37));
    await symlink('large', join(source, 'link'));
  });
  afterAll(async () => {
    await node.stop();
    await rm(base, { recursive: true, force: true });
  });

  it('inits, backs up, checks, forgets, prunes and restores', async () => {
    const source = join(base, 'source');
    await restic(all, 'init', '--repository-version', '2');
    await restic(all, 'backup', source);
    await writeFile(join(source, 'large'), randomBytes(12 * 1024 * 1024));
    await rm(join(source, 'deep', 'small-7'));
    await restic(all, 'backup', source);
    expect(await restic(all, 'check', '--read-data')).toContain('no errors were found');
    await restic(all, 'forget', '--keep-last', '1', '--prune');
    expect(await restic(all, 'check', '--read-data')).toContain('no errors were found');
    const snapshots = JSON.parse(await restic(all, 'snapshots', '--json')) as unknown[];
    expect(snapshots).toHaveLength(1);

    await restic(all, 'restore', 'latest', '--target', join(base, 'restored'));
    await run('diff', ['-r', '--no-dereference', source, join(base, 'restored', source)]);
    // No lock is left behind, and no temporary file.
    expect(await readdir(join(node.folder.dataDir, REPOSITORY, 'locks'))).toEqual([]);
  });

  it('opens the same repository as a plain folder on the node', async () => {
    const folder = join(node.folder.dataDir, REPOSITORY);
    expect(await restic(folder, 'check', '--read-data')).toContain('no errors were found');
    await restic(folder, 'backup', join(base, 'source', 'deep'));
    expect(JSON.parse(await restic(all, 'snapshots', '--json'))).toHaveLength(2);
    expect(await restic(all, 'check', '--read-data')).toContain('no errors were found');
  });

  it('works with the rights of an agent, which can delete nothing but its locks', async () => {
    const token = await node.grant('read', 'append', 'lock');
    const agent = resticAddress(node.url, REPOSITORY, token);
    await restic(agent, 'backup', join(base, 'source', 'deep'));
    expect(await readdir(join(node.folder.dataDir, REPOSITORY, 'locks'))).toEqual([]);
    const snapshots = await readdir(join(node.folder.dataDir, REPOSITORY, 'snapshots'));
    expect(snapshots).toHaveLength(3);
    for (const kind of ['snapshots', 'keys', 'index'] as const) {
      const [name] = await readdir(join(node.folder.dataDir, REPOSITORY, kind));
      expect((await node.send('DELETE', `/${REPOSITORY}/${kind}/${name}`, token)).status).toBe(403);
    }
  });

  it('works over TLS', async () => {
    const folder = await makeEnrolledFolder({ publicUrl: 'https://127.0.0.1:0' });
    const secure = await startStorageNode({
      dataDir: folder.dataDir,
      logger: silentLogger,
      certificate: localhostCertificate,
    });
    try {
      const cert = join(base, 'cert.pem');
      await writeFile(cert, localhostCertificate.cert);
      const verbs = ['read', 'append', 'lock', 'create'] as const;
      const address = resticAddress(
        secure.url,
        REPOSITORY,
        await folder.sign({ repository: REPOSITORY, verbs: [...verbs] }),
      );
      await restic(address, '--cacert', cert, 'init');
      await restic(address, '--cacert', cert, 'backup', join(base, 'source', 'large'));
      expect(await restic(address, '--cacert', cert, 'check', '--read-data')).toContain(
        'no errors were found',
      );
    } finally {
      await secure.close();
      await folder.remove();
    }
  });

  it('reads without a lock when it may only read', async () => {
    const reader = resticAddress(node.url, REPOSITORY, await node.grant('read'));
    expect(JSON.parse(await restic(reader, '--no-lock', 'snapshots', '--json'))).toHaveLength(3);
    const config = await readFile(join(node.folder.dataDir, REPOSITORY, 'config'));
    expect(config.length).toBeGreaterThan(100);
  });
});
