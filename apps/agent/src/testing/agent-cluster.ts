import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupOrder } from '@breakwater/contract/agent-run';
import { NO_HOOKS } from '@breakwater/contract/source-commands';
import { ProgramProcess, runProgram } from '@breakwater/storage-client/testing/program-process';
import { type SpawnedNode, spawnNode } from '@breakwater/storage-client/testing/spawned-node';
import { REPOSITORY_PASSWORD, TestCenter } from './test-center.ts';
import { openThrottledLink, type ThrottledLink } from './throttled-link.ts';

export const MB = 1_000_000;

/** One agent and some storage nodes, each a process of its own, around a control center in this one. */
export class AgentCluster {
  readonly folder: string;
  readonly center: TestCenter;
  readonly nodes: SpawnedNode[] = [];
  readonly links: ThrottledLink[] = [];
  readonly agentDir: string;
  #agent: ProgramProcess | undefined;

  private constructor(folder: string, center: TestCenter) {
    this.folder = folder;
    this.center = center;
    this.agentDir = join(folder, 'agent');
  }

  /** One node for each rate, in bytes a second; `nodeArgs` by name, such as a quota. */
  static async start(
    rates: readonly number[],
    nodeArgs: Record<string, readonly string[]> = {},
  ): Promise<AgentCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
    const cluster = new AgentCluster(folder, await TestCenter.start());
    await Promise.all([
      ...rates.map((rate, at) => {
        const name = `node-${at + 1}`;
        return cluster.#addNode(name, rate, nodeArgs[name] ?? []);
      }),
      cluster.enrolAgent(),
    ]);
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    cluster.nodes.sort(byName);
    cluster.center.nodes.sort(byName);
    return cluster;
  }

  async #addNode(name: string, rate: number, args: readonly string[]): Promise<void> {
    const node = await spawnNode({ server: this.center.url, name, folder: this.folder, args });
    const link = await openThrottledLink(node.url, rate);
    this.nodes.push(node);
    this.links[Number(name.slice(5)) - 1] = link;
    this.center.nodes.push({
      nodeId: node.nodeId,
      name,
      url: link.url,
      ownUrl: node.url,
      hasCopy: false,
      refusal: null,
    });
  }

  async enrolAgent(): Promise<void> {
    const args = ['--server', this.center.url, '--token', 'join', '--address', 'host.test'];
    const result = await runProgram('breakwater-agent', ['enroll', ...args, '--data', this.agentDir]);
    if (result.code !== 0) throw new Error(`the agent could not be enrolled: ${result.stderr}`);
  }

  get agent(): ProgramProcess {
    if (this.#agent === undefined) throw new Error('the agent was not started');
    return this.#agent;
  }

  /** Starts the agent unless it runs; resolves when its first heartbeat has come. */
  async startAgent(args: readonly string[] = []): Promise<void> {
    if (this.#agent?.isRunning) return;
    const before = this.center.heartbeats.length;
    const env = { BREAKWATER_NODE_RETRY_SECONDS: '1', BREAKWATER_NODE_WAIT_SECONDS: '60' };
    this.#agent = new ProgramProcess('breakwater-agent', ['run', '--data', this.agentDir, ...args], env);
    await Promise.race([
      this.center.until(() => this.center.heartbeats.length > before),
      this.#agent.ended.then((how) => {
        throw new Error(`the agent ended (${how}):\n${this.#agent?.stderr}`);
      }),
    ]);
  }

  /** A folder with `files` files of `size` random bytes each. */
  async makeSource(name: string, files: number, size: number): Promise<string> {
    const source = join(this.folder, name);
    await mkdir(join(source, 'deep'), { recursive: true });
    for (let at = 0; at < files; at += 1) {
      await writeFile(join(source, at % 2 === 0 ? '' : 'deep', `file ${at}`), randomBytes(size));
    }
    return source;
  }

  async backupOrder(paths: string[], more: Partial<BackupOrder> = {}): Promise<BackupOrder> {
    return {
      kind: 'backup',
      runId: randomUUID(),
      attempt: 1,
      repository: { repositoryId: this.center.repositoryId, password: REPOSITORY_PASSWORD },
      hostname: 'host.test',
      paths,
      commands: [],
      hooks: NO_HOOKS,
      excludes: [],
      tags: ['test'],
      strategy: 'fastest',
      pinnedNodeId: null,
      nodes: await this.center.runNodes(),
      ...more,
    };
  }

  /** Resolves when this run has sent so many bytes to its node. */
  sent(runId: string, bytes: number): Promise<{ nodeName: string | null }> {
    return this.center.until(() => {
      const last = this.center.progress.findLast((one) => one.runId === runId)?.progress;
      return last !== undefined && last.bytesSent >= bytes && last;
    });
  }

  node(name: string | null | undefined): SpawnedNode {
    const found = this.nodes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no node "${name}"`);
    return found;
  }

  /** A copy as a folder of the node's, as stock restic opens it. */
  copyFolder(node: SpawnedNode): string {
    return join(node.dataDir, this.center.repositoryId);
  }

  async stop(): Promise<void> {
    await this.#agent?.stop('SIGKILL');
    await Promise.all(this.nodes.map((node) => node.process.stop('SIGKILL')));
    await Promise.all(this.links.map((link) => link.close()));
    await this.center.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
