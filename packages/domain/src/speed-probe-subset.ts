/** Up to so many nodes, an agent probes them all. */
export const PROBE_ALL_UP_TO = 32;
/** Beyond: in each round its best, and as many others by lot. */
export const PROBED_BEST = 8;
export const PROBED_BY_LOT = 8;

export interface ProbedBefore {
  nodeId: string;
  /** Null when never measured. */
  bytesPerSecond: number | null;
  /** The best average within a day, where it is remembered. */
  bestBytesPerSecond?: number;
}

export interface ProbeRound {
  /** Probed until their windows are full, and then once a round. */
  best: string[];
  /** Probed once. */
  byLot: string[];
}

/**
 * Which nodes an agent probes in one round. Where there are too many to probe them all: those that were fastest, and
 * a few of the others by lot, so that each has its turn and agents do not meet: the never measured first, then half
 * among those that were once faster than the best are now, as what was slow for an hour may be back. `random` is in
 * [0, 1).
 */
export function chooseProbed(nodes: readonly ProbedBefore[], random: () => number): ProbeRound {
  if (nodes.length <= PROBE_ALL_UP_TO) return { best: nodes.map((node) => node.nodeId), byLot: [] };
  const measured = nodes.filter((node) => (node.bytesPerSecond ?? 0) > 0);
  const best = measured
    .toSorted((a, b) => (b.bytesPerSecond ?? 0) - (a.bytesPerSecond ?? 0))
    .slice(0, PROBED_BEST)
    .map((node) => node.nodeId);
  const taken = new Set(best);
  const fresh = nodes.filter((node) => node.bytesPerSecond === null);
  const byLot = draw(fresh, PROBED_BY_LOT, random);
  const left = PROBED_BY_LOT - byLot.length;
  const others = nodes.filter((node) => node.bytesPerSecond !== null && !taken.has(node.nodeId));
  const slowestOfBest = Math.min(...measured.filter(isIn(taken)).map((node) => node.bytesPerSecond ?? 0));
  const fallen = others.filter((node) => (node.bestBytesPerSecond ?? 0) > slowestOfBest);
  byLot.push(...draw(fallen, Math.floor(left / 2), random));
  const drawn = new Set(byLot.map((node) => node.nodeId));
  byLot.push(
    ...draw(
      others.filter((node) => !drawn.has(node.nodeId)),
      PROBED_BY_LOT - byLot.length,
      random,
    ),
  );
  return { best, byLot: byLot.map((node) => node.nodeId) };
}

function isIn(nodeIds: ReadonlySet<string>): (node: ProbedBefore) => boolean {
  return (node) => nodeIds.has(node.nodeId);
}

/** `count` different ones, by lot. */
function draw<T>(from: readonly T[], count: number, random: () => number): T[] {
  const pool = [...from];
  const drawn: T[] = [];
  while (drawn.length < count && pool.length > 0) {
    const at = Math.min(pool.length - 1, Math.floor(random() * pool.length));
    const [one] = pool.splice(at, 1);
    if (one !== undefined) drawn.push(one);
  }
  return drawn;
}

/**
 * Which stale windows are measured anew before a ranking: of up to `PROBE_ALL_UP_TO` nodes all; of more, those that
 * may finish first. A node that was never measured is taken to be as fast as the fastest.
 */
export function chooseFreshened<
  T extends { nodeId: string; bytesPerSecond: number | null; bytesToSend: number | null },
>(nodes: readonly T[], usualNodeId: string | null): T[] {
  if (nodes.length <= PROBE_ALL_UP_TO) return [...nodes];
  const fastest = Math.max(1, ...nodes.map((node) => node.bytesPerSecond ?? 0));
  const most = Math.max(1, ...nodes.map((node) => node.bytesToSend ?? 1));
  const finish = (node: T): number => {
    if (node.nodeId === usualNodeId) return -1;
    const speed = node.bytesPerSecond ?? fastest;
    return speed <= 0 ? Number.POSITIVE_INFINITY : (node.bytesToSend ?? most) / speed;
  };
  // Of equals, one that was measured comes first: more is known of it.
  const unknown = (node: T): number => (node.bytesPerSecond === null ? 1 : 0);
  return nodes
    .toSorted((a, b) => compareNumbers(finish(a), finish(b)) || unknown(a) - unknown(b))
    .slice(0, PROBED_BEST + PROBED_BY_LOT);
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
