import type { Reservation } from '@breakwater/domain/reservation';
import type { Prisma } from '../db/generated/client.ts';
import type { RunContext } from './run-context.ts';
import { holdLock } from './run-records.ts';
import { reservationsInHand, type StoredReservation } from './run-reservation-records.ts';

/** What `takePlace` finds and what it writes with the run. */
export type { StoredReservation };

/** Where all other backups are or are expected, while nobody else takes a place until the transaction ends. */
export async function reservationsAlone(tx: Prisma.TransactionClient, runId: string): Promise<Reservation[]> {
  await holdLock(tx, 'reservations on storage nodes');
  return reservationsInHand(tx, runId);
}

/** The same as it is at the moment. */
export function otherReservations(context: Pick<RunContext, 'db'>, runId: string): Promise<Reservation[]> {
  return reservationsInHand(context.db, runId);
}
