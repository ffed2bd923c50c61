// How exactly limits on bandwidth are held, and how soon they hold when they are changed while backups go on: the whole
// product on this machine, measured at the storage node by what it says has arrived. Run: npm run bench:bandwidth
import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { agent, page, storageNode } from '@breakwater/contract/resources';
import { run, startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { startCluster } from '../e2e/start-cluster.ts';
import { CenterApi } from '../scripts/launcher/center-api.ts';
import { table } from './simulation/report.ts';
import { until } from './start-limited-cluster.ts';

const MB = 1_000_000;
const FILES = 10;
const FILE_BYTES = 32 * 1024 * 1024;
const LOOK_MS = 100;
/** A rate is taken over so long when it is looked for when it has come into force. */
const SETTLED_MS = 500;
const MEASURE_MS = 8000;

const scratch = mkdtempSync('/dev/shm/breakwater-bench-');
const cluster = await startCluster(['--nodes', '1', '--agents', '2'], { dataDir: join(scratch, 'data') });
try {
  process.stdout.write(`${await measureAll()}\n`);
} finally {
  await cluster.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function measureAll(): Promise<string> {
  const api = new CenterApi(cluster.url, cluster.admin.apiToken);
  const agents = (await api.get('/agents?limit=50', page(agent))).items.filter(
    (one) => one.role === 'source',
  );
  const [node] = (await api.get('/storage-nodes', page(storageNode))).items;
  if (node === undefined) throw new Error('there is no storage node');
  const limit = (path: string) => (rate: number | null) => setLimit(path, rate);
  const runs: { id: string; taskId: string; agentId: string }[] = [];
  for (const [n, one] of agents.entries()) {
    const paths = [makeSource(`source-${n}`)];
    await setLimit(`/agents/${one.id}`, MB);
    const made = await api.post('/tasks', { name: `b${n}`, sourceAddress: one.address, paths }, taskAnswer);
    const { runId } = await api.post(`/tasks/${made.id}/runs`, {}, startRunAnswer);
    runs.push({ id: runId, taskId: made.id, agentId: one.id });
  }
  const [first, second] = runs;
  if (first === undefined || second === undefined) throw new Error('there are not two source agents');
  await until(async () => {
    const found = await Promise.all(runs.map(({ id }) => api.get(`/runs/${id}`, run)));
    return found.every((one) => (one.progress?.bytesSent ?? 0) > MB / 2) ? true : null;
  });
  const server = limit(`/agents/${first.agentId}`);
  const other = limit(`/agents/${second.agentId}`);
  const task = limit(`/tasks/${first.taskId}`);
  const ofNode = limit(`/storage-nodes/${node.id}`);
  const rows = [
    await measure(node.url, 'two servers, 1 MB/s each; one is set to 4', 5 * MB, () => server(4 * MB)),
    await measure(node.url, 'back to 1 MB/s', 2 * MB, () => server(MB)),
    await measure(node.url, 'its task to 0.5 MB/s', 1.5 * MB, () => task(MB / 2)),
    await measure(node.url, 'the node to 1 MB/s: half for each', MB, () => ofNode(MB)),
    await measure(node.url, 'the servers to 8, the task to none, the node to 6 MB/s', 6 * MB, async () => {
      await Promise.all([server(8 * MB), other(8 * MB), task(null), ofNode(6 * MB)]);
    }),
    await measure(node.url, 'the node to 2 MB/s', 2 * MB, () => ofNode(2 * MB)),
  ];
  return table(['what is changed', 'MB/s allowed in all', 'in force after, s', 'then MB/s', 'off'], rows);
}

async function measure(
  nodeUrl: string,
  what: string,
  allowed: number,
  change: () => Promise<unknown>,
): Promise<string[]> {
  const began = performance.now();
  await change();
  const looks: { at: number; bytes: number }[] = [];
  let inForce: number | null = null;
  let from: { at: number; bytes: number } | null = null;
  for (;;) {
    const look = { at: performance.now(), bytes: await receivedBytes(nodeUrl) };
    looks.push(look);
    const before = looks.findLast((one) => look.at - one.at >= SETTLED_MS);
    const rate = before === undefined ? null : rateOf(before, look);
    if (inForce === null && rate !== null && Math.abs(rate / allowed - 1) < 0.1) {
      inForce = (before?.at ?? look.at) - began;
      from = look;
    }
    if (from !== null && look.at - from.at >= MEASURE_MS) break;
    if (look.at - began > 6 * MEASURE_MS) break;
    await pause(LOOK_MS);
  }
  const last = looks.at(-1);
  if (from === null || last === undefined) return [what, shown(allowed), 'never', '', ''];
  const rate = rateOf(from, last);
  const off = `${((rate / allowed - 1) * 100).toFixed(1)} %`;
  return [what, shown(allowed), ((inForce ?? 0) / 1000).toFixed(1), shown(rate), off];
}

function rateOf(from: { at: number; bytes: number }, to: { at: number; bytes: number }): number {
  return ((to.bytes - from.bytes) / (to.at - from.at)) * 1000;
}

function shown(rate: number): string {
  return (rate / MB).toFixed(2);
}

async function receivedBytes(nodeUrl: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', nodeUrl))).text();
  const value = /^breakwater_node_received_bytes_total (\S+)$/m.exec(text)?.[1];
  if (value === undefined) throw new Error('the node does not say what it has received');
  return Number(value);
}

async function setLimit(path: string, bytesPerSecond: number | null): Promise<void> {
  const bandwidth = bytesPerSecond === null ? null : { bytesPerSecond, windows: [], timeZone: 'UTC' };
  const response = await fetch(`${cluster.url}/api/v1${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${cluster.admin.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ bandwidth }),
  });
  if (!response.ok) throw new Error(`PATCH ${path}: ${await response.text()}`);
}

/** Bytes that cannot be compressed or found twice. */
function makeSource(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const bytes = Buffer.allocUnsafe(FILE_BYTES);
  for (let n = 0; n < FILES; n += 1) writeFileSync(join(folder, `file-${n}`), randomFillSync(bytes));
  return folder;
}
