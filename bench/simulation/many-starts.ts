import { type Candidate, rankNodes } from '@breakwater/domain/placement';
import { nodeLoad, type Reservation, reserve } from '@breakwater/domain/reservation';
import { bestAssignment } from './best-assignment.ts';
import { doneAfter, type Flow } from './fair-link.ts';
import { type Seeded, seeded } from './seeded.ts';

const SERVERS = 200;
const NODES = 10;

/**
 * `reservations`: as the product does it, on a night when nodes have reported what their links carry; `first night`:
 * when that is known from single servers' measurements only; `sizes unknown`: first backups.
 */
export const assignments = [
  'reservations',
  'reservations, first night',
  'reservations, sizes unknown',
  'no reservations',
  'round-robin',
  'random',
] as const;
export type Assignment = (typeof assignments)[number];

interface Fleet {
  /** What each node's link carries, bytes a second. */
  links: number[];
  servers: Flow[];
}

/**
 * 200 servers start in one instant, on ten nodes whose copies lack the same: when the slowest is done under each
 * assignment, and under the best one that a search finds.
 */
export function manyStarts(seed: number): { best: number; slowest: Map<Assignment, number> } {
  const random = seeded(seed);
  const fleet: Fleet = {
    links: Array.from({ length: NODES }, () => random.logBetween(50e6, 500e6)),
    servers: Array.from({ length: SERVERS }, () => ({
      uplink: random.logBetween(30e6, 300e6),
      bytes: Math.round(4e9 * Math.exp(0.6 * random.normal())),
    })),
  };
  const slowest = assignments.map((how): [Assignment, number] => [
    how,
    lastEnd(fleet, assign(fleet, how, random)),
  ]);
  return { best: bestAssignment(fleet.links, fleet.servers), slowest: new Map(slowest) };
}

/** By server: its node. */
function assign(fleet: Fleet, how: Assignment, random: Seeded): number[] {
  const reservations: Reservation[] = [];
  const reserves = how.startsWith('reservations');
  const isFirst = how === 'reservations, first night';
  const fastestUplink = Math.max(...fleet.servers.map(({ uplink }) => uplink));
  return fleet.servers.map(({ uplink, bytes }, at) => {
    if (how === 'round-robin') return at % NODES;
    if (how === 'random') return Math.floor(random.next() * NODES);
    const bytesToSend = how === 'reservations, sizes unknown' ? null : bytes;
    const candidates = fleet.links.map((link, n): Candidate => {
      const nodeId = `${n}`;
      const linkBytesPerSecond = isFirst ? Math.min(link, fastestUplink) : link;
      const report = { transfersInFlight: 0, linkBytesPerSecond };
      const load = nodeLoad(nodeId, bytesToSend, reservations, report);
      const bytesPerSecond = Math.min(uplink, link) * (1 + 0.02 * random.normal());
      const figures = { bytesPerSecond, bytesToSend, freeBytes: null, refusal: null };
      return { nodeId, nodeName: nodeId, ...figures, ...(reserves && { load }) };
    });
    const options = { strategy: 'finish-first', pinnedNodeId: null } as const;
    if (reserves) {
      const reserved = reserve(candidates, options);
      if (reserved !== null) reservations.push(reserved);
    }
    const decision = rankNodes(candidates, options);
    if (!decision.ok) throw new Error(decision.reason);
    return Number(decision.chosen.nodeId);
  });
}

function lastEnd({ links, servers }: Fleet, nodeOf: readonly number[]): number {
  return Math.max(
    ...links.map((link, node) =>
      doneAfter(
        servers.filter((_, at) => nodeOf[at] === node),
        link,
      ),
    ),
  );
}
