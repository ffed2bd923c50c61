import type { Center } from '../center.ts';
import { findSpeeds } from './speed-records.ts';

/** Moving averages of one agent by node id, bytes a second; nodes it never measured are left out. */
export async function measuredSpeeds(
  center: Pick<Center, 'db'>,
  agentId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await findSpeeds(center.db, agentId);
  return new Map(rows.map((row) => [row.nodeId, row.bytesPerSecond]));
}
