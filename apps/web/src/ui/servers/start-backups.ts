import { startRunAnswer } from '@breakwater/contract/run';
import type { Task } from '@breakwater/contract/task';
import { apiSend } from '../api/client.ts';

export interface StartedBackups {
  runIds: string[];
  /** The first thing that went wrong; the others were started all the same. */
  problem: unknown;
}

/** Runs every task of these servers now. What is already running or waiting is not run twice: the server joins them. */
export async function startBackups(
  tasks: readonly Task[],
  addresses: ReadonlySet<string>,
): Promise<StartedBackups> {
  const wanted = tasks.filter((task) => addresses.has(task.sourceAddress));
  const results = await Promise.allSettled(
    wanted.map((task) => apiSend('POST', `/tasks/${task.id}/runs`, {}, startRunAnswer)),
  );
  const failed = results.find((result) => result.status === 'rejected');
  return {
    runIds: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.runId] : [])),
    problem: failed === undefined ? null : failed.reason,
  };
}
