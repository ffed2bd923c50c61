import { estimateBytesToSend, type PastBackup } from '@breakwater/domain/estimate-bytes';
import { type Candidate, rankNodes, type Strategy } from '@breakwater/domain/placement';
import { addSample, emptyWindow } from '@breakwater/domain/speed-window';
import { type Link, makeLink, type Weather } from './links.ts';
import { type Seeded, seeded } from './seeded.ts';

const SERVERS = 40;
const NODES = 6;
const DAYS = 30;
const DAY = 86_400;
const HISTORY = 50;
const PROBE_SECONDS = 30;
/** One probe of a steady link is this far off, one deviation. */
const PROBE_NOISE = 0.02;

export const policies = [
  'finish-first',
  'fastest',
  'always the same',
  'round-robin',
  'random',
  'oracle',
] as const;
export type Policy = (typeof policies)[number];

export interface Outcome {
  /** Sum of all backups' times. */
  seconds: number;
  bytes: number;
}

/** One server's month: the same for every policy. */
interface Server {
  links: Link[];
  fullBytes: number;
  /** What is new on each day. */
  newBytes: number[];
  startsAt: number[];
  /** What `always the same` uses: whoever set it up did not measure. */
  firstNode: number;
  seed: number;
}

/** What thirty days of nightly backups of forty servers take under each policy. */
export function thirtyDays(
  weather: Weather,
  seed: number,
): { least: number; outcomes: Map<Policy, Outcome> } {
  const random = seeded(seed);
  const servers = Array.from({ length: SERVERS }, () => makeServer(weather, random));
  // The first backup sends all, the others what is new: whatever goes where, less will not do.
  const least = servers.reduce((sum, one) => sum + one.fullBytes + total(one.newBytes.slice(1)), 0);
  const outcomes = new Map(policies.map((policy) => [policy, month(servers, policy)]));
  return { least, outcomes };
}

function makeServer(weather: Weather, random: Seeded): Server {
  const uplink = random.logBetween(20e6, 120e6);
  const links = Array.from({ length: NODES }, () =>
    makeLink(weather, Math.min(uplink, random.logBetween(8e6, 120e6)), DAYS + 3, random),
  );
  const fullBytes = random.logBetween(10e9, 100e9);
  const usual = fullBytes * random.between(0.01, 0.04);
  return {
    links,
    fullBytes,
    newBytes: Array.from({ length: DAYS }, () => usual * Math.exp(0.4 * random.normal())),
    startsAt: Array.from({ length: DAYS }, (_, day) => day * DAY + random.between(0, DAY / 2)),
    firstNode: Math.floor(random.next() * NODES),
    seed: Math.floor(random.next() * 2 ** 32),
  };
}

function month(servers: readonly Server[], policy: Policy): Outcome {
  const outcome = { seconds: 0, bytes: 0 };
  for (const server of servers) {
    const random = seeded(server.seed);
    const past: PastBackup[] = [];
    /** By node: the last day that its copy has; -1 for none. */
    const newest = new Array<number>(NODES).fill(-1);
    for (let day = 0; day < DAYS; day += 1) {
      const at = server.startsAt[day] ?? 0;
      const lacks = newest.map((last) =>
        last === -1
          ? server.fullBytes
          : Math.min(server.fullBytes, total(server.newBytes.slice(last + 1, day + 1))),
      );
      const node = choose(policy, { server, day, at, lacks, past, random });
      const bytes = lacks[node] ?? 0;
      outcome.seconds += server.links[node]?.secondsFor(bytes, at) ?? 0;
      outcome.bytes += bytes;
      newest[node] = day;
      past.push({ bytes: server.fullBytes, storedBytes: bytes, nodeIds: [`node-${node}`] });
    }
  }
  return outcome;
}

interface Situation {
  server: Server;
  day: number;
  at: number;
  /** What each node's copy truly lacks. */
  lacks: readonly number[];
  past: readonly PastBackup[];
  random: Seeded;
}

function choose(policy: Policy, situation: Situation): number {
  const { server, day, at, lacks, random } = situation;
  switch (policy) {
    case 'always the same':
      return server.firstNode;
    case 'round-robin':
      return (server.firstNode + day) % NODES;
    case 'random':
      return Math.floor(random.next() * NODES);
    case 'oracle': {
      const seconds = server.links.map((link, n) => link.secondsFor(lacks[n] ?? 0, at));
      return seconds.indexOf(Math.min(...seconds));
    }
    default:
      return byRanking(policy, situation);
  }
}

/** As the product decides: from probes, and from what the history lets expect. */
function byRanking(strategy: Strategy, { server, at, past, random }: Situation): number {
  const kept = past.slice(-HISTORY);
  const nodes = server.links.map((link, n) => ({ link, nodeId: `node-${n}` }));
  const estimate = estimateBytesToSend(
    { past: kept, fromStart: kept.length === past.length },
    nodes.map(({ nodeId }) => ({ nodeId, leftoverBytes: 0 })),
  );
  const candidates = nodes.map(({ link, nodeId }): Candidate => {
    let window = emptyWindow();
    for (let probe = window.size; probe > 0; probe -= 1) {
      const time = at - probe * PROBE_SECONDS * random.between(0.75, 1.25);
      const bytesPerSecond = Math.max(0, link.rate(time) * (1 + PROBE_NOISE * random.normal()));
      window = addSample(window, { bytesPerSecond, kind: 'probe', at: time });
    }
    const bytesToSend = estimate.get(nodeId) ?? null;
    return {
      nodeId,
      nodeName: nodeId,
      bytesPerSecond: window.sma,
      bytesToSend,
      freeBytes: null,
      refusal: null,
    };
  });
  const decision = rankNodes(candidates, {
    strategy,
    pinnedNodeId: null,
    usualNodeId: kept.at(-1)?.nodeIds[0] ?? null,
  });
  if (!decision.ok) throw new Error(decision.reason);
  return Number(decision.chosen.nodeId.slice('node-'.length));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0);
}
