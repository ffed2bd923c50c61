import type { Overview } from '@breakwater/contract/resources';

export type ProtectionState = Overview['servers'][number]['state'];

/** What is known of one task. Times are epoch ms. */
export interface TaskFacts {
  name: string;
  scheduled: boolean;
  lastSuccessAt: number | null;
  /** The last success was incomplete. */
  partial: boolean;
  /** The newest run that has ended and was not cancelled. */
  lastOutcome: { state: string; reason: string | null } | null;
  /** Runs that were stopped before they began, since the last success. */
  missed: number;
}

export interface Judged {
  state: ProtectionState;
  reason: string | null;
}

/** Worst first: a server without any backup is lost when it is lost. */
export const worstFirst: readonly ProtectionState[] = [
  'failing',
  'unprotected',
  'attention',
  'unknown',
  'ok',
];

/** A task without a schedule whose last backup is older than this wants a look. */
const OLD_MS = 7 * 86_400_000;

export function judgeTask(task: TaskFacts, now: number): Judged {
  const why = task.lastOutcome?.reason;
  const because = why === null || why === undefined ? '' : `: ${why}`;
  if (task.missed > 0) {
    const times =
      task.missed === 1 ? 'the last backup was missed' : `the last ${task.missed} backups were missed`;
    return { state: 'failing', reason: `"${task.name}": ${times}${because}` };
  }
  if (task.lastOutcome?.state === 'failed') {
    return { state: 'failing', reason: `"${task.name}": the last backup failed${because}` };
  }
  if (task.lastSuccessAt === null) return { state: 'unprotected', reason: `"${task.name}" has not run yet` };
  if (task.partial)
    return { state: 'attention', reason: `"${task.name}": the last backup is incomplete${because}` };
  const days = Math.floor((now - task.lastSuccessAt) / 86_400_000);
  if (!task.scheduled && now - task.lastSuccessAt > OLD_MS) {
    return { state: 'attention', reason: `"${task.name}" has no schedule, and last ran ${days} days ago` };
  }
  return { state: 'ok', reason: null };
}

/**
 * The worst of a server's tasks; whether its agent is there matters for the next backup. Without any backup it is only
 * when no task of it has ever made one: beside a good one, a task that has not run yet wants a look.
 */
export function judgeServer(
  agent: 'idle' | 'busy' | 'offline' | 'none',
  tasks: readonly TaskFacts[],
  now: number,
): Judged {
  if (tasks.length === 0) {
    if (agent === 'none') return { state: 'unknown', reason: 'nothing is known of this server' };
    return { state: 'unprotected', reason: 'it has no task' };
  }
  const judged = tasks.map((task) => judgeTask(task, now));
  const worst = worstFirst
    .map((state) => judged.find((one) => one.state === state))
    .find((one) => one !== undefined);
  if (worst === undefined) return { state: 'unknown', reason: null };
  if (worst.state === 'unprotected' && tasks.some((task) => task.lastSuccessAt !== null)) {
    // What is wrong with a backup that ran says more than that another is still to come.
    return judged.find((one) => one.state === 'attention') ?? { ...worst, state: 'attention' };
  }
  if (worst.state !== 'ok') return worst;
  if (agent === 'none') return { state: 'attention', reason: 'no agent is enrolled for it any more' };
  if (agent === 'offline') return { state: 'attention', reason: 'its agent is offline' };
  return worst;
}
