import type { Center } from '../center.ts';
import { type RunOnNode, runsInHandOnNodes } from './run-reservation-records.ts';

export type { RunOnNode } from './run-reservation-records.ts';

/** All runs in hand, and the node that each uses now. */
export async function runsOnNodes(center: Pick<Center, 'db'>): Promise<RunOnNode[]> {
  return runsInHandOnNodes(center.db);
}
