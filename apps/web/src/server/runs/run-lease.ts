import type { RunLock } from '@breakwater/contract/run';
import type { Database } from '../db/client.ts';
import { noteOnRun } from './run-records.ts';

/** What is written of a replication while a node has it in hand. False when the run has moved on. */
export async function noteOnReplication(
  db: Database,
  run: { id: string; attempt: number },
  note: { locks?: RunLock[]; leaseUntil?: Date | null; tendedAt?: Date | null; acceptedAt?: Date },
): Promise<boolean> {
  return noteOnRun(db, run, note);
}
