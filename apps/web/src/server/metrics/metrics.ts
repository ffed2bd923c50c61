import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Center } from '../center.ts';
import { isOnline } from '../agents/agents.ts';
import { fleetFigures } from './metric-records.ts';

export interface Metrics {
  /** `route` is the route's pattern, never the path: labels must not grow with the data. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** Prometheus text, with gauges read now. */
  scrape(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(center: Center): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'breakwater_http_request_seconds',
    help: 'Time to answer API requests, in seconds',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `breakwater_${name}`, help, labelNames: [...labelNames], registers });
  const agents = gauge('agents', 'Enrolled agents', ['state']);
  const nodes = gauge('storage_nodes', 'Enrolled storage nodes', ['state']);
  const nodeFree = gauge('storage_node_free_bytes', 'Free bytes as the node last said', ['node']);
  const nodeTotal = gauge('storage_node_total_bytes', 'Size in bytes as the node last said', ['node']);
  const runs = gauge('runs', 'Runs on record', ['kind', 'state']);
  const snapshots = gauge('snapshots', 'Snapshots that are kept');
  const repositories = gauge('repositories', 'Repositories');
  const copyBytes = gauge('copy_bytes', 'Bytes of all copies on all nodes');
  const tasks = gauge('tasks', 'Tasks');

  const readAgents = async () => {
    const states = { idle: 0, busy: 0, offline: 0 };
    for (const agent of await center.agents.all()) {
      states[isOnline(agent.lastHeartbeatAt, center) ? (agent.busy ? 'busy' : 'idle') : 'offline'] += 1;
    }
    for (const [state, count] of Object.entries(states)) agents.set({ state }, count);
  };
  const readNodes = async () => {
    const states = { online: 0, offline: 0 };
    for (const one of [nodeFree, nodeTotal]) one.reset();
    for (const node of await center.storageNodes.all()) {
      states[isOnline(node.lastHeartbeatAt, center) ? 'online' : 'offline'] += 1;
      if (node.freeBytes !== null) nodeFree.set({ node: node.name }, Number(node.freeBytes));
      if (node.totalBytes !== null) nodeTotal.set({ node: node.name }, Number(node.totalBytes));
    }
    for (const [state, count] of Object.entries(states)) nodes.set({ state }, count);
  };
  const readFleet = async () => {
    const figures = await fleetFigures(center.db);
    runs.reset();
    for (const { kind, state, count } of figures.runs) runs.set({ kind, state }, count);
    snapshots.set(figures.snapshots);
    repositories.set(figures.repositories);
    copyBytes.set(figures.copyBytes);
    tasks.set(figures.tasks);
  };

  return {
    observeRequest(method, route, status, seconds) {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    async scrape() {
      await Promise.all([readAgents(), readNodes(), readFleet()]);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
