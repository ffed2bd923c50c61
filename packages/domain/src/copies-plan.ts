/** Copies where a task does not say how many, as soon as there are so many nodes. */
export const USUAL_COPIES = 2;

export interface NodeForCopies {
  readonly nodeId: string;
  readonly name: string;
  readonly online: boolean;
  /** Not heard for longer than a node may be away before another takes its place. */
  readonly lost: boolean;
  readonly draining: boolean;
  /** False: it takes nothing new. */
  readonly healthy: boolean;
  readonly freeBytes: number | null;
  /** Same for nodes on one file system, which is lost as a whole; null when unknown. */
  readonly fileSystemId: string | null;
}

export interface KnownCopy {
  readonly nodeId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly bytes: number;
  /** It was one that is kept complete when this was last decided. */
  readonly home: boolean;
  /** Snapshots it holds that nobody forgot. */
  readonly snapshots: ReadonlySet<string>;
}

export interface CopyToFill {
  readonly nodeId: string;
  /** Snapshots that lie elsewhere and not here. */
  readonly lacks: number;
  /** There is nothing of the repository on this node yet. */
  readonly isNew: boolean;
}

export interface CopiesPlan {
  /** Nodes whose copies are kept complete, most settled first. */
  readonly homes: readonly string[];
  /** Homes that lack something, and can be reached. */
  readonly fill: readonly CopyToFill[];
  /** So many nodes more are needed for the number wanted. */
  readonly missing: number;
}

/**
 * Which nodes keep a repository complete, and which of them lack something. Homes change only when one is lost or
 * drained, or more are wanted: then the fullest of the other copies come first, and new nodes after them. Copies that
 * are no homes, such as of a backup that went elsewhere, hand over what only they have and fall empty by retention.
 */
export function planCopies(
  wanted: number,
  copies: readonly KnownCopy[],
  nodes: readonly NodeForCopies[],
): CopiesPlan {
  const all = new Set(copies.flatMap((copy) => [...copy.snapshots]));
  if (all.size === 0) return { homes: [], fill: [], missing: 0 };
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const settled = copies
    .filter(({ nodeId }) => {
      const node = byId.get(nodeId);
      return node !== undefined && !node.draining && !node.lost;
    })
    .sort(
      (a, b) =>
        Number(b.home) - Number(a.home) ||
        b.snapshots.size - a.snapshots.size ||
        a.createdAt - b.createdAt ||
        (a.nodeId < b.nodeId ? -1 : a.nodeId > b.nodeId ? 1 : 0),
    );
  const homes = settled.slice(0, wanted).map(({ nodeId }) => nodeId);
  const taken = new Set(copies.map(({ nodeId }) => nodeId));
  const needed = Math.max(0, ...copies.map(({ bytes }) => bytes));
  while (homes.length < wanted) {
    const next = bestNewNode(nodes, taken, homes, needed, byId);
    if (next === null) break;
    taken.add(next);
    homes.push(next);
  }
  const held = new Map(copies.map((copy) => [copy.nodeId, copy.snapshots]));
  const fill = homes.flatMap((nodeId): CopyToFill[] => {
    const has = held.get(nodeId);
    const lacks = all.size - (has?.size ?? 0);
    if (lacks === 0 || byId.get(nodeId)?.online !== true) return [];
    return [{ nodeId, lacks, isNew: has === undefined }];
  });
  return { homes, fill, missing: wanted - homes.length };
}

/** On a file system of its own before one that is shared with a home, then the one with most room. */
function bestNewNode(
  nodes: readonly NodeForCopies[],
  taken: ReadonlySet<string>,
  homes: readonly string[],
  neededBytes: number,
  byId: ReadonlyMap<string, NodeForCopies>,
): string | null {
  const used = new Set(homes.map((id) => byId.get(id)?.fileSystemId ?? null));
  const shares = (node: NodeForCopies) => (node.fileSystemId !== null && used.has(node.fileSystemId) ? 1 : 0);
  const [best] = nodes
    .filter((node) => !taken.has(node.nodeId) && node.online && node.healthy && !node.draining)
    .filter(({ freeBytes }) => freeBytes === null || freeBytes > neededBytes)
    .sort(
      (a, b) =>
        shares(a) - shares(b) ||
        (b.freeBytes ?? 0) - (a.freeBytes ?? 0) ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    );
  return best?.nodeId ?? null;
}

export interface SourceCandidate {
  readonly nodeId: string;
  readonly online: boolean;
  readonly snapshots: ReadonlySet<string>;
  readonly transfersInFlight: number;
}

/**
 * The copy to fetch from: the one that is online and holds most of what the target lacks, and of equal ones the one
 * with least to do. Null when none that is online holds any of it.
 */
export function chooseSource(
  target: { readonly nodeId: string; readonly snapshots: ReadonlySet<string> },
  candidates: readonly SourceCandidate[],
): string | null {
  const gives = (one: SourceCandidate) => {
    let count = 0;
    for (const id of one.snapshots) if (!target.snapshots.has(id)) count += 1;
    return count;
  };
  const [best] = candidates
    .filter((one) => one.nodeId !== target.nodeId && one.online)
    .map((one) => ({ nodeId: one.nodeId, gives: gives(one), load: one.transfersInFlight }))
    .filter((one) => one.gives > 0)
    .sort((a, b) => b.gives - a.gives || a.load - b.load || (a.nodeId < b.nodeId ? -1 : 1));
  return best?.nodeId ?? null;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** How long a copy whose replication failed for the `failures`th time in a row is left alone. */
export function replicationPauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(Math.max(0, failures - 1), 20));
}

export interface HomeCopy {
  readonly nodeId: string;
  readonly online: boolean;
  /** It holds every snapshot that any copy holds. */
  readonly complete: boolean;
  /** A check has found damage there that is not mended. */
  readonly damaged: boolean;
  /** Epoch milliseconds; null: never. */
  readonly lastPrunedAt: number | null;
  readonly lastCheckedAt: number | null;
}

/** What is removed elsewhere is removed on the word of a check that is no older. */
export const MIRROR_AFTER_CHECK_MS = 3_600_000;

/** Of a repository's homes, most settled first, the one that is pruned; the others are made the same as it then. */
export function homeToPrune(homes: readonly HomeCopy[]): string | null {
  const [first] = homes
    .filter(({ online }) => online)
    .toSorted((a, b) => (b.lastPrunedAt ?? 0) - (a.lastPrunedAt ?? 0));
  return first?.nodeId ?? null;
}

/**
 * After one home was pruned, and checked and found whole since, which others are to be made the same. Copies pruned
 * each for itself would differ in what they wrote anew, and fetch it from each other after every prune.
 */
export function planMirrors(
  homes: readonly HomeCopy[],
  now: number,
): { sourceId: string; targetIds: readonly string[] } | null {
  const source = homes.find(({ nodeId }) => nodeId === homeToPrune(homes));
  const prunedAt = source?.lastPrunedAt ?? null;
  const checkedAt = source?.lastCheckedAt ?? null;
  if (source === undefined || prunedAt === null || checkedAt === null) return null;
  if (!source.complete || source.damaged) return null;
  if (checkedAt < prunedAt || now - checkedAt > MIRROR_AFTER_CHECK_MS) return null;
  const targets = homes.filter(
    (home) => home !== source && home.online && home.complete && (home.lastPrunedAt ?? 0) < prunedAt,
  );
  return targets.length === 0
    ? null
    : { sourceId: source.nodeId, targetIds: targets.map((home) => home.nodeId) };
}
