import type { Candidate, RankOptions } from '@breakwater/domain/placement';
import { nodeLoad, type NodeReport, type Reservation, reserve } from '@breakwater/domain/reservation';
import type { Center } from '../center.ts';
import { otherReservations, reservationsAlone, type StoredReservation } from '../runs/reservations.ts';
import { linkSpeeds } from '../speeds/link-speeds.ts';
import { measuredSpeeds } from '../speeds/measured-speeds.ts';
import type { PlannedNode } from './run-nodes.ts';

/** What has to be known to tell one backup of the others. */
export interface Sharing {
  reports: ReadonlyMap<string, NodeReport>;
  /** Averages of the agent that will rank, by node id. */
  speeds: ReadonlyMap<string, number>;
}

export async function sharingOf(
  center: Pick<Center, 'db' | 'now' | 'storageNodes'>,
  agentId: string,
): Promise<Sharing> {
  const [nodes, links, speeds] = await Promise.all([
    center.storageNodes.all(),
    linkSpeeds(center),
    measuredSpeeds(center, agentId),
  ]);
  // One agent may be too slow to fill a node's link, and many together may have filled it.
  const reports = nodes.map(({ id, transfersInFlight, peakReceivedPerSecond }): [string, NodeReport] => {
    const most = Math.max(links.get(id) ?? 0, peakReceivedPerSecond ?? 0);
    return [id, { transfersInFlight, linkBytesPerSecond: most > 0 ? most : null }];
  });
  return { reports: new Map(reports), speeds };
}

/** The nodes, each with what shares its link. */
export function withLoad(
  nodes: readonly PlannedNode[],
  sharing: Pick<Sharing, 'reports'>,
  reservations: readonly Reservation[],
): PlannedNode[] {
  return nodes.map((node) => {
    const report = sharing.reports.get(node.nodeId);
    if (report === undefined) return node;
    return { ...node, load: nodeLoad(node.nodeId, node.bytesToSend, reservations, report) };
  });
}

/**
 * Counts the others and takes a place among them, in a transaction that no other backup's place is taken beside: of
 * many that go out in one instant, each sees those before it. The reservation is what the agent's own ranking is
 * expected to say; its report of it corrects that.
 */
export async function takePlace(
  tx: Parameters<typeof reservationsAlone>[0],
  runId: string,
  nodes: readonly PlannedNode[],
  sharing: Sharing,
  options: RankOptions,
): Promise<{ nodes: PlannedNode[]; reservation: StoredReservation | null }> {
  const loaded = withLoad(nodes, sharing, await reservationsAlone(tx, runId));
  const reserved = reserve(candidatesOf(loaded, sharing.speeds), options);
  return { nodes: loaded, reservation: reserved === null ? null : { ...reserved, sentBefore: 0 } };
}

/** For a run that asks again: the others as they are now. */
export async function shareAgain(
  center: Pick<Center, 'db' | 'now' | 'storageNodes'>,
  run: { id: string; agentId: string },
  nodes: readonly PlannedNode[],
): Promise<PlannedNode[]> {
  return withLoad(nodes, await sharingOf(center, run.agentId), await otherReservations(center, run.id));
}

function candidatesOf(nodes: readonly PlannedNode[], speeds: ReadonlyMap<string, number>): Candidate[] {
  return nodes.map(({ nodeId, nodeName, bytesToSend, freeBytes, quotaLeftBytes, load, refusal }) => ({
    ...{ nodeId, nodeName, bytesToSend, freeBytes, refusal },
    bytesPerSecond: speeds.get(nodeId) ?? null,
    quotaLeftBytes: quotaLeftBytes ?? null,
    ...(load !== undefined && { load }),
  }));
}
