import { execFile, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReplicationEnd, ReplicationOrder } from '@breakwater/contract/replication';
import type { Verb } from '@breakwater/contract/storage-token';
import { startStorageNode } from '../start-storage-node.ts';
import { writeNodeState } from '../state/node-state.ts';
import { resticAddress } from '../tokens/access-token.ts';
import { startTestCenter, type TestCenter } from './control-center.ts';
import { type EnrolledFolder, makeEnrolledFolder } from './enrolled-folder.ts';
import { REPOSITORY, silentLogger } from './running-node.ts';
import { type SpawnedNode, spawnNode } from './spawned-node.ts';

const run = promisify(execFile);

export const resticIsInstalled = (() => {
  try {
    execFileSync('restic', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A storage node with a control center of its own, and its copy of the one repository. */
export class CopyOnNode {
  readonly folder: EnrolledFolder;
  readonly center: TestCenter;
  readonly base: string;
  #running: { url: string; stop: () => Promise<unknown> };
  #spawned: SpawnedNode | null = null;

  private constructor(
    folder: EnrolledFolder,
    center: TestCenter,
    base: string,
    running: { url: string; stop: () => Promise<unknown> },
  ) {
    this.folder = folder;
    this.center = center;
    this.base = base;
    this.#running = running;
  }

  /** `as`: in this process, or in one of its own, which can be killed. */
  static async start(base: string, as: 'here' | 'process' = 'here'): Promise<CopyOnNode> {
    const center = await startTestCenter();
    const folder = await makeEnrolledFolder({ server: center.url });
    const copy = new CopyOnNode(folder, center, base, { url: '', stop: async () => undefined });
    await copy.#startNode(as);
    return copy;
  }

  async #startNode(as: 'here' | 'process'): Promise<void> {
    if (as === 'process') {
      const node = await spawnNode(this.folder.dataDir);
      this.#spawned = node;
      this.#running = { url: node.url, stop: node.stop };
      return;
    }
    const node = await startStorageNode({
      dataDir: this.folder.dataDir,
      logger: silentLogger,
      heartbeatMs: 100,
    });
    this.#running = { url: node.url, stop: node.close };
  }

  get url(): string {
    return this.#running.url;
  }

  get path(): string {
    return join(this.folder.dataDir, REPOSITORY);
  }

  /** `kill -9`, and started again. */
  async crash(): Promise<void> {
    if (this.#spawned === null) throw new Error('a node in this process cannot be killed');
    process.kill(this.#spawned.pid, 'SIGKILL');
    await this.#spawned.exit;
    // Others find it where it was.
    await writeNodeState(this.folder.dataDir, { ...this.folder.state, listen: new URL(this.url).host });
    await this.#startNode('process');
  }

  async address(...verbs: Verb[]): Promise<string> {
    return resticAddress(this.url, REPOSITORY, await this.folder.sign({ repository: REPOSITORY, verbs }));
  }

  /** Stock restic over the network, with the rights of somebody who may do all. */
  async restic(...args: string[]): Promise<string> {
    const address = await this.address('read', 'append', 'lock', 'create', 'delete');
    return this.#restic(address, args);
  }

  async #restic(address: string, args: string[]): Promise<string> {
    const env = { ...process.env, RESTIC_PASSWORD: 'correct horse' };
    const options = { env, maxBuffer: 2 ** 26 };
    const { stdout } = await run('restic', ['--no-cache', '-r', address, ...args], options);
    return stdout;
  }

  /** Throws with restic's words unless this copy is whole. In the folder itself, so that the node may be down. */
  async check(...args: string[]): Promise<void> {
    const said = await this.#restic(this.path, ['check', '--no-lock', ...args]);
    if (!said.includes('no errors were found')) throw new Error(said);
  }

  /** Config and keys, as the control center puts them there. */
  async becomeCopyOf(other: CopyOnNode): Promise<void> {
    const token = await this.folder.sign({ repository: REPOSITORY, verbs: ['create'] });
    const keys = await readdir(join(other.path, 'keys'));
    for (const path of [...keys.map((key) => `keys/${key}`), 'config']) {
      const response = await fetch(`${this.url}/${REPOSITORY}/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: await readFile(join(other.path, path)),
      });
      if (response.status !== 200) throw new Error(await response.text());
    }
  }

  async order(source: CopyOnNode, more: Partial<ReplicationOrder> = {}): Promise<ReplicationOrder> {
    const token = await source.folder.sign({ repository: REPOSITORY, verbs: ['read'] });
    const { nodeId } = source.folder.state;
    return {
      runId: randomUUID(),
      attempt: 1,
      repositoryId: REPOSITORY,
      source: { nodeId, nodeName: 'source', url: source.url, token },
      forgotten: [],
      mirror: false,
      bytesPerSecond: null,
      leaseMs: 600_000,
      ...more,
    };
  }

  /** Orders it and waits for its end. */
  async pull(source: CopyOnNode, more: Partial<ReplicationOrder> = {}): Promise<ReplicationEnd> {
    const order = await this.order(source, more);
    const answer = await this.center.call('replicate', order);
    if (!(answer as { ok: boolean }).ok) throw new Error(JSON.stringify(answer));
    return this.center.replicationEnded(order.runId);
  }

  /** Paths of all that is replicated, and of what is not but has to be the same. */
  async files(): Promise<string[]> {
    const all = await readdir(this.path, { recursive: true });
    return all.filter((name) => /^(config|(data|index|keys|snapshots)\/.*[0-9a-f]{64})$/.test(name)).sort();
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    await this.center.close();
    await this.folder.remove();
  }
}

/** A folder of files that change at random, to be backed up. */
export class ChangingSource {
  readonly base: string;
  readonly path: string;

  private constructor(base: string) {
    this.base = base;
    this.path = join(base, 'source');
  }

  static async create(): Promise<ChangingSource> {
    const source = new ChangingSource(await mkdtemp(join(tmpdir(), 'breakwater-')));
    await mkdir(source.path);
    return source;
  }

  /** Writes a file of random bytes. */
  async write(name: string, bytes: number): Promise<void> {
    await writeFile(join(this.path, name), randomBytes(bytes));
  }

  async remove(): Promise<void> {
    await rm(this.base, { recursive: true, force: true });
  }
}
