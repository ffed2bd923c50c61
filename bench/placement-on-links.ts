// Measured order and chosen node over links of known, unequal rates, then after the rates have changed.
// Run: npm run bench:placement
import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page, speed } from '@breakwater/contract/resources';
import { runDetail, startRunAnswer } from '@breakwater/contract/run';
import { task } from '@breakwater/contract/task';
import { isFinal } from '@breakwater/domain/run-state';
import { whyNoLinks } from './lab/limited-link.ts';
import { startLimitedCluster, until } from './start-limited-cluster.ts';

const FIRST_MBIT = [40, 160, 80];
const THEN_MBIT = [160, 40, 80];

const reason = whyNoLinks();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exit(0);
}

const cluster = await startLimitedCluster(FIRST_MBIT, 1);
try {
  const address = cluster.agents[0]?.address;
  const source = join(cluster.scratch, 'source');
  mkdirSync(source);
  const made = await cluster.api.post(
    '/tasks',
    { name: 'placement', sourceAddress: address, paths: [source], strategy: 'fastest' },
    task,
  );
  const measured = async (newerThan: number) =>
    await until(async () => {
      const { items } = await cluster.api.get('/speeds?limit=200', page(speed));
      const mine = cluster.nodes.map((node) =>
        items.find((one) => one.nodeId === node.id && one.agentAddress === address && one.samples >= 5),
      );
      return mine.every(
        (one) => (one?.recent.filter((sample) => Date.parse(sample.at) > newerThan).length ?? 0) >= 5,
      )
        ? mine
        : null;
    });
  const round = async (title: string, rates: readonly number[], newerThan: number) => {
    const speeds = await measured(newerThan);
    writeFileSync(join(source, 'random.bin'), randomFillSync(Buffer.alloc(16 * 1024 * 1024)));
    const { runId } = await cluster.api.post(`/tasks/${made.id}/runs`, {}, startRunAnswer);
    const run = await until(async () => {
      const found = await cluster.api.get(`/runs/${runId}`, runDetail);
      return isFinal(found.state) ? found : null;
    });
    process.stdout.write(`\n${title}: chosen ${run.placement?.chosen.nodeName} (${run.state})\n\n`);
    process.stdout.write('| node | link Mbit/s | SMA Mbit/s | SMA / link |\n| --- | --- | --- | --- |\n');
    for (const [n, rate] of rates.entries()) {
      const sma = ((speeds[n]?.bytesPerSecond ?? 0) * 8) / 1e6;
      process.stdout.write(`| node-${n} | ${rate} | ${sma.toFixed(1)} | ${(sma / rate).toFixed(2)} |\n`);
    }
  };
  await round('First', FIRST_MBIT, 0);
  for (const [n, rate] of THEN_MBIT.entries()) cluster.links[n]?.setRate(rate);
  process.stdout.write(
    '\nThe rates change. Waiting for one whole window of new samples (five probe rounds)…\n',
  );
  await round('After the change', THEN_MBIT, Date.now());
} finally {
  await cluster.stop();
}
