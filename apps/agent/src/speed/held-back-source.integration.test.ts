import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupOrder } from '@breakwater/contract/agent-run';
import type { SpeedSample } from '@breakwater/contract/agent-messages';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';

const WINDOW = 3;
const LINK = 64 * MB;

let cluster: AgentCluster;

beforeAll(async () => {
  cluster = await AgentCluster.start([LINK]);
  const list = join(cluster.folder, 'commands.json');
  // A source that gives some 16 MB a second, a quarter of what the link carries; enough for six packs.
  const script = 'for part in $(seq 1 24); do head -c 4000000 /dev/urandom; sleep 0.2; done';
  const heldBack = { kind: 'command', argv: ['/bin/sh', '-c', script] };
  const commands = { version: 1, sources: { 'held-back': heldBack }, hooks: {} };
  await writeFile(list, JSON.stringify(commands), { mode: 0o600 });
  await cluster.startAgent(['--allow-commands', list]);
});
afterAll(() => cluster?.stop());

/** Backs up, and says which samples of the transfer joined the window, and the average before. */
async function transfersOf(paths: string[], more: Partial<BackupOrder>) {
  const { center } = cluster;
  const order = await cluster.backupOrder(paths, more);
  const before = center.speeds.at(-1)?.sma ?? 0;
  const from = center.speeds.length;
  await center.call('run', order);
  expect(await center.ended(order.runId)).toMatchObject({ outcome: 'succeeded' });
  const joined: SpeedSample[] = center.speeds.slice(from).filter((one) => one.kind === 'transfer');
  return { before, joined };
}

it('a source that is held back does not make its node look slow, and a link that is slow does', async () => {
  await cluster.center.sendProbeTargets({ window: WINDOW, intervalMs: 60_000 });
  await cluster.center.until(() => cluster.center.speeds.some((one) => one.samples === WINDOW));

  const heldBack = await transfersOf([], { commands: [{ name: 'held-back', parameters: {} }] });
  let average = heldBack.before;
  expect(average).toBeGreaterThan(0);
  for (const sample of heldBack.joined) {
    expect(sample.bytesPerSecond).toBeGreaterThan(average);
    average = sample.sma;
  }

  cluster.links[0]?.setRate(4 * MB);
  const source = await cluster.makeSource('plenty', 8, 4 * MB);
  const slow = await transfersOf([source], {});
  expect(slow.joined.length).toBeGreaterThan(0);
  expect(slow.joined.at(-1)?.sma).toBeLessThan(slow.before);
});
