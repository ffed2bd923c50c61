// What probes say of links of known rates, and how soon a ranking follows a change, on real nodes behind limited links.
// Needs root, ip and tc; needs no control center. Run: npm run bench:probes
import { setTimeout as pause } from 'node:timers/promises';
import { rankNodes } from '@breakwater/domain/placement';
import { addSample, DEFAULT_WINDOW, emptyWindow, type SpeedWindow } from '@breakwater/domain/speed-window';
import { probe } from '@breakwater/storage-client/probe-client';
import { type LimitedLink, makeLimitedLink, whyNoLinks } from './lab/limited-link.ts';
import { table } from './simulation/report.ts';
import { type NodeOnLink, startNodeOnLink } from './start-node-on-link.ts';

const MEGABITS = [1, 10, 100, 1000];
const STEPS = [
  [100, 40],
  [40, 100],
] as const;
/** Of what a link carries, this part is the body of a full TCP segment: headers and the Ethernet frame take the rest. */
const BODY_SHARE = 1448 / 1514;

const reason = whyNoLinks();
if (reason !== null) {
  process.stdout.write(`skipped: ${reason}\n`);
  process.exit(0);
}

const open: { links: LimitedLink[]; nodes: NodeOnLink[] } = { links: [], nodes: [] };
try {
  process.stdout.write(`One window of ${DEFAULT_WINDOW} probes\n\n${await windows()}\n\n`);
  process.stdout.write(`Two links of ${STEPS[0].join(' and ')} Mbit/s change places\n\n${await change()}\n`);
} finally {
  for (const node of open.nodes) await node.stop();
  for (const link of open.links) link.remove();
}

async function start(megabits: number): Promise<{ link: LimitedLink; node: NodeOnLink }> {
  const link = makeLimitedLink(100 + open.links.length, megabits);
  open.links.push(link);
  const node = await startNodeOnLink(link);
  open.nodes.push(node);
  return { link, node };
}

async function windows(): Promise<string> {
  const rows: string[][] = [];
  for (const megabits of MEGABITS) {
    const { node } = await start(megabits);
    let window = emptyWindow();
    while (window.samples.length < window.size) window = addSample(window, await sample(node));
    const rate = (bytesPerSecond: number) => (bytesPerSecond * 8) / 1e6;
    const [sma, carried] = [rate(window.sma ?? 0), megabits * BODY_SHARE];
    const all = window.samples.map((one) => rate(one.bytesPerSecond) / carried - 1);
    rows.push([
      `${megabits}`,
      sma.toPrecision(4),
      percent(sma / megabits - 1),
      percent(sma / carried - 1),
      percent(all.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0),
    ]);
  }
  const header = [
    'link Mbit/s',
    'SMA Mbit/s',
    'off the link',
    "off the link's payload",
    'worst single probe',
  ];
  return table(header, rows);
}

/** Both nodes are probed in turn; after the change, until the ranking is right for good. */
async function change(): Promise<string> {
  const pairs = [await start(STEPS[0][0]), await start(STEPS[0][1])];
  const state = pairs.map(() => emptyWindow());
  const round = async (): Promise<number> => {
    for (const [n, { node }] of pairs.entries())
      state[n] = addSample(state[n] ?? emptyWindow(), await sample(node));
    return fastest(state);
  };
  const rows: string[][] = [];
  for (let n = 0; n < DEFAULT_WINDOW; n += 1) await round();
  rows.push(['before', ...shown(state), `${fastest(state) + 1}`]);
  for (const [n, { link }] of pairs.entries()) link.setRate(STEPS[1][n] ?? 1);
  for (let probes = 1; probes <= DEFAULT_WINDOW; probes += 1) {
    const first = await round();
    rows.push([`${probes} after`, ...shown(state), `${first + 1}`]);
  }
  return table(['probes', 'SMA 1', 'SMA 2', 'first in the ranking'], rows);
}

function shown(windows: readonly SpeedWindow[]): string[] {
  return windows.map(({ sma }) => (((sma ?? 0) * 8) / 1e6).toFixed(1));
}

function fastest(windows: readonly SpeedWindow[]): number {
  const candidates = windows.map(({ sma }, n) => {
    const figures = { bytesPerSecond: sma, bytesToSend: null, freeBytes: null, refusal: null };
    return { nodeId: `${n}`, nodeName: `${n}`, ...figures };
  });
  const decision = rankNodes(candidates, { strategy: 'fastest', pinnedNodeId: null });
  return decision.ok ? Number(decision.chosen.nodeId) : -1;
}

async function sample(node: NodeOnLink) {
  for (;;) {
    const outcome = await probe({ url: node.url, token: node.token });
    if (outcome.kind === 'failed') throw outcome.failure;
    if (outcome.kind === 'sample') {
      // Token buckets fill up again, as they do between two probes of an agent.
      await pause(300);
      return { bytesPerSecond: outcome.bytesPerSecond, kind: 'probe' as const, at: Date.now() };
    }
    await pause(outcome.retryAfterMs);
  }
}

function percent(part: number): string {
  return `${part > 0 ? '+' : ''}${(part * 100).toFixed(1)} %`;
}
