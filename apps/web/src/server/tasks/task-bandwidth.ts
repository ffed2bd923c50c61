import { type BandwidthLimitGiven, bandwidthLimit } from '@breakwater/contract/bandwidth';
import type { Center } from '../center.ts';
import { limitedTasks } from './task-records.ts';

/** Limits on bandwidth by the ids of the tasks that have one, deleted ones too: their last runs may still go on. */
export async function taskLimits(center: Pick<Center, 'db'>): Promise<Map<string, BandwidthLimitGiven>> {
  const rows = await limitedTasks(center.db);
  return new Map(rows.map(({ id, bandwidth }) => [id, bandwidthLimit.parse(bandwidth)]));
}
