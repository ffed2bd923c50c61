import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';

let cluster: AgentCluster;
beforeAll(async () => {
  // The faster node is soon full.
  cluster = await AgentCluster.start([64 * MB, 8 * MB], { 'node-1': ['--quota', '1MB'] });
});
afterAll(() => cluster?.stop());

it('what a command gave stays on the node that fills up, and the next goes to another, run anew', async () => {
  const list = join(cluster.folder, 'commands.json');
  const runs = join(cluster.folder, 'runs');
  const sources = {
    small: { kind: 'command', argv: ['/bin/echo', 'a little'] },
    large: {
      kind: 'command',
      argv: ['/bin/sh', '-c', 'echo once >> "$RUNS"; head -c 3000000 /dev/urandom'],
      env: { RUNS: runs },
    },
  };
  await writeFile(list, JSON.stringify({ version: 1, sources }), { mode: 0o600 });
  await cluster.startAgent(['--allow-commands', list]);
  const { center } = cluster;
  await center.sendProbeTargets();
  await center.until(() =>
    center.nodes.every(({ nodeId }) =>
      center.speeds.some((one) => one.nodeId === nodeId && one.samples === 2),
    ),
  );
  const commands = ['small', 'large'].map((name) => ({ name, parameters: {} }));
  const order = await cluster.backupOrder([], { commands });
  await center.call('run', order);
  const ended = await center.ended(order.runId);
  expect(ended).toMatchObject({ outcome: 'succeeded', nodeId: cluster.node('node-2').nodeId });
  const reports = center.reportsOf(order.runId);
  const placed = reports.flatMap((one) => (one.type === 'placed' ? [one.placement.chosen.nodeName] : []));
  expect(placed).toEqual(['node-1', 'node-2']);
  const made = reports.flatMap((one) => (one.type === 'snapshot' ? [[one.command, one.nodeId]] : []));
  expect(made).toEqual([
    ['small', cluster.node('node-1').nodeId],
    ['large', cluster.node('node-2').nodeId],
  ]);
  expect(await readFile(runs, 'utf8')).toBe('once\nonce\n');
  // Told once each, though the large one was run twice.
  const results = reports.flatMap((one) =>
    one.type === 'command' ? [[one.result.name, one.result.outcome]] : [],
  );
  expect(results).toEqual([
    ['small', 'succeeded'],
    ['large', 'succeeded'],
  ]);
});
