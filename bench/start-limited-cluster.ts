import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { joinTokenAnswer } from '@breakwater/contract/enrolment';
import { type Agent, agent, page, type StorageNode, storageNode } from '@breakwater/contract/resources';
import { freePort, launch, root } from '../e2e/start-cluster.ts';
import { CenterApi } from '../scripts/launcher/center-api.ts';
import { type LimitedLink, makeLimitedLink } from './lab/limited-link.ts';

const NODE_PORT = 3101;

export interface LimitedCluster {
  api: CenterApi;
  links: LimitedLink[];
  /** In the order of the links. */
  nodes: StorageNode[];
  /** Source agents, by address. */
  agents: Agent[];
  scratch: string;
  stop(): Promise<void>;
}

/** The whole product with each storage node in a network namespace behind a link of its own rate. */
export async function startLimitedCluster(rates: readonly number[], agents: number): Promise<LimitedCluster> {
  const scratch = mkdtempSync('/dev/shm/breakwater-bench-');
  const port = await freePort();
  const links = rates.map((rate, n) => makeLimitedLink(n, rate));
  const dataDir = join(scratch, 'data');
  const center = launch(['--nodes', '0', '--agents', String(agents)], {
    BREAKWATER_DATA: dataDir,
    HOST: '0.0.0.0',
    PORT: String(port),
  });
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children) child.kill('SIGTERM');
    center.child.kill('SIGTERM');
    await center.ended;
    for (const link of links) link.remove();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    await untilPrinted(center, 'Sign in as');
    const { apiToken } = JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8')) as {
      apiToken: string;
    };
    const api = new CenterApi(`http://127.0.0.1:${port}`, apiToken);
    for (const [n, link] of links.entries()) children.push(await startNode(api, link, n, port, scratch));
    const wanted = links.map((_, n) => `node-${n}`);
    const nodes = await until(async () => {
      const { items } = await api.get('/storage-nodes?limit=200', page(storageNode));
      const found = wanted.map((name) => items.find((one) => one.name === name && one.online));
      return found.every((one) => one !== undefined) ? found : null;
    });
    const { items } = await api.get('/agents?limit=200', page(agent));
    const sources = items
      .filter((one) => one.role === 'source')
      .sort((a, b) => (a.address < b.address ? -1 : 1));
    return { api, links, nodes, agents: sources, scratch, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNode(
  api: CenterApi,
  link: LimitedLink,
  n: number,
  centerPort: number,
  scratch: string,
): Promise<ChildProcess> {
  const data = join(scratch, `node-${n}`);
  const { token } = await api.post('/join-tokens', { kind: 'storage-node' }, joinTokenAnswer);
  const inside = (args: string[]) =>
    spawn(
      'ip',
      [
        'netns',
        'exec',
        link.namespace,
        process.execPath,
        join(root, 'apps/storage-node/bin/breakwater-node.mjs'),
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  const enrol = inside([
    ...[
      'enroll',
      '--server',
      `http://${link.hostAddress}:${centerPort}`,
      '--token',
      token,
      '--name',
      `node-${n}`,
    ],
    ...['--listen', `${link.address}:${NODE_PORT}`, '--public-url', `http://${link.address}:${NODE_PORT}`],
    ...['--data', data, '--insecure-http'],
  ]);
  let errors = '';
  enrol.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise((resolve) => enrol.once('close', resolve));
  if (code !== 0) throw new Error(`node-${n} could not enrol: ${errors}`);
  return inside(['run', '--data', data]);
}

/** Asks until there is an answer. A benchmark may wait: it asserts nothing about how long. */
export async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 300_000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error('waited 5 minutes in vain');
    await pause(200);
  }
}

async function untilPrinted(started: ReturnType<typeof launch>, words: string): Promise<void> {
  let code: number | null = null;
  void started.ended.then((exit) => {
    code = exit;
  });
  await until(async () => {
    if (code !== null) throw new Error(`npm start ended with ${code}:\n${started.output()}`);
    return started.output().includes(words) ? true : null;
  });
}
