// Placement in virtual time: the product's own decisions against other policies and against an oracle that knows every
// rate, for thirty days; 200 starts in one instant; a thousand nodes. Prints tables, and ends with 1 when a demand is
// not met. Run: npm run bench:simulation [-- --write], which also writes them into bench/RESULTS.md, with a plot.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Weather, weathers } from './simulation/links.ts';
import { manyNodes } from './simulation/many-nodes.ts';
import { assignments, manyStarts } from './simulation/many-starts.ts';
import { type BarGroup, plotBars } from './simulation/plot.ts';
import { replaceSection, table, type Target, targetTable } from './simulation/report.ts';
import { type Outcome, type Policy, policies, thirtyDays } from './simulation/thirty-days.ts';

const SEEDS = [1, 2, 3, 4, 5];
const FLEETS = Array.from({ length: 20 }, (_, n) => n + 1);
const PLOT = 'placement-simulation.svg';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const targets: Target[] = [];
const sections = [month(), starts(), nodes()];
const body = ['## Placement in virtual time (`npm run bench:simulation`)', ...sections, targetTable(targets)];
process.stdout.write(`${body.join('\n\n')}\n`);
if (values.write) {
  const results = join(import.meta.dirname, 'RESULTS.md');
  writeFileSync(results, replaceSection(readFileSync(results, 'utf8'), 'simulation', body.join('\n\n')));
}
process.exitCode = targets.every((target) => target.met) ? 0 : 1;

function month(): string {
  const groups: BarGroup[] = [];
  const rows = weathers.flatMap((weather) => {
    const { least, outcomes } = added(weather);
    const oracle = outcomes.get('oracle')?.seconds ?? 0;
    const figures = policies.map((policy) => {
      const { seconds = 0, bytes = 0 } = outcomes.get(policy) ?? {};
      return { policy, seconds, time: seconds / oracle, bytes: bytes / least };
    });
    groups.push({
      title: `${weather} links`,
      bars: figures.map(({ policy, time }) => ({ label: policy, value: time })),
    });
    demand(weather, figures);
    return figures.map(({ policy, seconds, time, bytes }) => [
      weather,
      policy,
      (seconds / 3600).toFixed(0),
      time.toFixed(3),
      bytes.toFixed(3),
    ]);
  });
  if (values.write) {
    const heading = 'Time for 30 days of backups, as a multiple of the oracle\u2019s (logarithmic)';
    writeFileSync(join(import.meta.dirname, PLOT), plotBars(heading, groups));
  }
  return [
    `Thirty days of nightly backups of 40 servers on 6 nodes, ${SEEDS.length} times with other servers and links (10 to 100 GB in full, 1 to 4 % new a day; a server's line carries 20 to 120 MB/s, the way to a node 8 to 120). The oracle knows every rate, also those to come, and what each copy lacks; the others measure, with 2 % of noise. One copy each: a node that was not used before lacks everything.`,
    table(['links', 'policy', 'hours', 'time / oracle', 'bytes / least'], rows),
    `![time against the oracle](${PLOT})`,
  ].join('\n\n');
}

function added(weather: Weather): { least: number; outcomes: Map<Policy, Outcome> } {
  const sum = { least: 0, outcomes: new Map(policies.map((policy) => [policy, { seconds: 0, bytes: 0 }])) };
  for (const seed of SEEDS) {
    const { least, outcomes } = thirtyDays(weather, seed);
    sum.least += least;
    for (const [policy, { seconds, bytes }] of outcomes) {
      const total = sum.outcomes.get(policy);
      if (total === undefined) continue;
      total.seconds += seconds;
      total.bytes += bytes;
    }
  }
  return sum;
}

function demand(weather: Weather, figures: readonly { policy: Policy; time: number; bytes: number }[]): void {
  const ours = figures.find(({ policy }) => policy === 'finish-first');
  if (ours === undefined) return;
  const limit = weather === 'steady' ? 1.05 : 1.2;
  const others = figures.filter(({ policy }) => policy !== 'finish-first' && policy !== 'oracle');
  const next = Math.min(...others.map(({ time }) => time));
  targets.push(
    {
      what: `${weather} links: time / oracle`,
      limit: `\u2264 ${limit}`,
      measured: ours.time.toFixed(3),
      met: ours.time <= limit,
    },
    {
      what: `${weather} links: better than every other policy`,
      limit: `< ${next.toFixed(3)}`,
      measured: ours.time.toFixed(3),
      met: ours.time < next,
    },
    {
      what: `${weather} links: bytes / least`,
      limit: '\u2264 1.05',
      measured: ours.bytes.toFixed(3),
      met: ours.bytes <= 1.05,
    },
  );
}

function starts(): string {
  const ratios = new Map(assignments.map((how) => [how, [] as number[]]));
  for (const seed of FLEETS) {
    const { best, slowest } = manyStarts(seed);
    for (const [how, seconds] of slowest) ratios.get(how)?.push(seconds / best);
  }
  const rows = [...ratios].map(([how, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const figures = { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
    if (how === 'reservations') {
      targets.push({
        what: '200 starts in one instant: slowest finish / best assignment, median of 20 fleets',
        limit: '\u2264 1.3',
        measured: figures.median.toFixed(2),
        met: figures.median <= 1.3,
      });
    }
    return [how, figures.median.toFixed(2), figures.worst.toFixed(2)];
  });
  return [
    '200 servers start in one instant on 10 nodes (links of 50 to 500 MB/s, servers of 30 to 300 MB/s, about 4 GB each, every node lacking the same), in 20 fleets: when the slowest is done, as a multiple of the best assignment that a search knowing everything finds.',
    table(['assignment', 'median', 'worst'], rows),
  ].join('\n\n');
}

function nodes(): string {
  const rows = weathers.map((weather) => {
    const { all, some } = manyNodes(weather, 1);
    const [loss, saved] = [some.seconds / all.seconds - 1, 1 - some.probeBytes / all.probeBytes];
    targets.push(
      {
        what: `1,000 nodes, ${weather}: time lost by probing a few`,
        limit: '\u2264 5 %',
        measured: percent(loss),
        met: loss <= 0.05,
      },
      {
        what: `1,000 nodes, ${weather}: probe bytes saved`,
        limit: '\u2265 90 %',
        measured: percent(saved),
        met: saved >= 0.9,
      },
    );
    return [weather, percent(loss), percent(saved)];
  });
  return [
    'One server among 1,000 nodes, three days, a backup of 20 GB every hour that every node lacks all of: probing the 8 best and 8 by lot in each round, against probing all 1,000 of them.',
    table(['links', 'time lost', 'probe bytes saved'], rows),
  ].join('\n\n');
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
