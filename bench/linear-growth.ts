// The patent's claim: total throughput grows with the number of servers that back up at once, because data goes
// straight from each to a node of its own. Run: npm run bench:growth
import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDetail, startRunAnswer } from '@breakwater/contract/run';
import { task } from '@breakwater/contract/task';
import { isFinal } from '@breakwater/domain/run-state';
import { whyNoLinks } from './lab/limited-link.ts';
import { startLimitedCluster, until } from './start-limited-cluster.ts';

const LINK_MBIT = 80;
const BYTES_EACH = 48 * 1024 * 1024;
const AT_ONCE = [1, 2, 4];

const reason = whyNoLinks();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exit(0);
}

const most = Math.max(...AT_ONCE);
const cluster = await startLimitedCluster(
  Array.from({ length: most }, () => LINK_MBIT),
  most,
);
try {
  const rows: { atOnce: number; seconds: number; megabytesPerSecond: number }[] = [];
  for (const [round, atOnce] of AT_ONCE.entries()) {
    const runIds: string[] = [];
    const tasks: string[] = [];
    for (let n = 0; n < atOnce; n += 1) {
      const source = join(cluster.scratch, `source-${round}-${n}`);
      mkdirSync(source);
      writeFileSync(join(source, 'random.bin'), randomFillSync(Buffer.alloc(BYTES_EACH)));
      const made = await cluster.api.post(
        '/tasks',
        {
          name: `round ${round}, server ${n}`,
          sourceAddress: cluster.agents[n]?.address,
          paths: [source],
          strategy: 'pinned',
          nodeId: cluster.nodes[n]?.id,
        },
        task,
      );
      tasks.push(made.id);
    }
    for (const id of tasks)
      runIds.push((await cluster.api.post(`/tasks/${id}/runs`, {}, startRunAnswer)).runId);
    const runs = [];
    for (const id of runIds) {
      runs.push(
        await until(async () => {
          const run = await cluster.api.get(`/runs/${id}`, runDetail);
          return isFinal(run.state) ? run : null;
        }),
      );
    }
    for (const run of runs) if (run.state !== 'succeeded') throw new Error(`${run.state}: ${run.reason}`);
    const first = Math.min(...runs.map((run) => Date.parse(run.startedAt ?? run.createdAt)));
    const last = Math.max(...runs.map((run) => Date.parse(run.endedAt ?? run.createdAt)));
    const seconds = (last - first) / 1000;
    rows.push({ atOnce, seconds, megabytesPerSecond: (atOnce * BYTES_EACH) / 1e6 / seconds });
  }
  const one = rows[0];
  process.stdout.write(
    `\n${BYTES_EACH / 1024 / 1024} MiB a server, each node behind a link of ${LINK_MBIT} Mbit/s\n\n`,
  );
  process.stdout.write(
    '| servers at once | wall s | total MB/s | × one server |\n| --- | --- | --- | --- |\n',
  );
  for (const row of rows) {
    const growth = (row.megabytesPerSecond / (one?.megabytesPerSecond ?? 1)).toFixed(2);
    process.stdout.write(
      `| ${row.atOnce} | ${row.seconds.toFixed(1)} | ${row.megabytesPerSecond.toFixed(1)} | ${growth} |\n`,
    );
  }
} finally {
  await cluster.stop();
}
