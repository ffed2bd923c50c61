import type { Reservation } from '@breakwater/domain/reservation';
import { z } from 'zod';
import { Prisma } from '../db/generated/client.ts';
import { ACTIVE_STATES, type RunStore } from './run-records.ts';

/** `Run.reservation`. `sentBefore`: what the run had sent already, to other nodes, when it was placed here. */
export const storedReservation = z.object({
  nodeId: z.string(),
  bytes: z.number().nonnegative().nullable(),
  sentBefore: z.number().nonnegative(),
});
export type StoredReservation = z.infer<typeof storedReservation>;

export interface RunOnNode {
  runId: string;
  taskId: string | null;
  /** Null for one that a node does by itself. */
  agentId: string | null;
  /** Null where it is not known yet. */
  nodeId: string | null;
}

const chosenOf = z.object({ chosen: z.object({ nodeId: z.string() }) });
const namedOf = z.object({ nodeId: z.string() });

/** Every run in hand, with the node it was placed on last, else the one it was asked or is expected to use. */
export async function runsInHandOnNodes(store: RunStore): Promise<RunOnNode[]> {
  const rows = await store.run.findMany({
    where: { state: { in: [...ACTIVE_STATES] } },
    select: { id: true, taskId: true, agentId: true, order: true, placements: true, reservation: true },
  });
  return rows.map(({ id, taskId, agentId, order, placements, reservation }) => {
    const placed = Array.isArray(placements) ? chosenOf.safeParse(placements.at(-1)).data : undefined;
    const named = namedOf.safeParse(order).data ?? storedReservation.safeParse(reservation).data;
    return { runId: id, taskId, agentId, nodeId: placed?.chosen.nodeId ?? named?.nodeId ?? null };
  });
}

const sentOf = z.object({ bytesSent: z.number().nonnegative() });

/** What a run has sent so far; 0 while it has said nothing. */
export function bytesSent(progress: unknown): number {
  return sentOf.safeParse(progress).data?.bytesSent ?? 0;
}

/** Where all backups in hand, but for one, are or are expected, with what each has still to send. */
export async function reservationsInHand(store: RunStore, except: string): Promise<Reservation[]> {
  const rows = await store.run.findMany({
    where: {
      kind: 'backup',
      state: { in: [...ACTIVE_STATES] },
      id: { not: except },
      NOT: { reservation: { equals: Prisma.DbNull } },
    },
    select: { reservation: true, progress: true },
  });
  return rows.flatMap(({ reservation, progress }) => {
    const parsed = storedReservation.safeParse(reservation).data;
    if (parsed === undefined) return [];
    const { nodeId, bytes, sentBefore } = parsed;
    const sent = Math.max(0, bytesSent(progress) - sentBefore);
    return { nodeId, bytes: bytes === null ? null : Math.max(0, bytes - sent) };
  });
}
