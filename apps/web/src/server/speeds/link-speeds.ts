import type { Center } from '../center.ts';
import { fastestByNode } from './speed-records.ts';

const DAY_MS = 24 * 3_600_000;

/** What each node's link was last seen to carry: the highest average that any agent has of it. Bytes a second, by node id. */
export function linkSpeeds(center: Pick<Center, 'db' | 'now'>): Promise<ReadonlyMap<string, number>> {
  return fastestByNode(center.db, new Date(center.now() - DAY_MS));
}
