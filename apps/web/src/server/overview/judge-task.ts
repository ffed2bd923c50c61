import type { Remark } from '@breakwater/contract/remark';
import type { Overview } from '@breakwater/contract/resources';
import { say } from '../remarks/say.ts';

export type ProtectionState = Overview['servers'][number]['state'];

/** What is known of one task. Times are epoch ms. */
export interface TaskFacts {
  name: string;
  scheduled: boolean;
  /** Of a backup that made a snapshot, be it incomplete. */
  lastSuccessAt: number | null;
  /** The last success was incomplete. */
  partial: boolean;
  /** The newest run that has ended and was not cancelled. */
  lastOutcome: { state: string; remark: Remark | null } | null;
  /** Runs that were stopped before they began, since the last success. */
  missed: number;
}

export interface Judged {
  state: ProtectionState;
  remark: Remark | null;
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
  const { name, missed } = task;
  const reason = task.lastOutcome?.remark ?? null;
  if (missed > 0)
    return { state: 'failing', remark: say('task-missed', { task: name, count: missed, reason }) };
  if (task.lastOutcome?.state === 'failed') {
    return { state: 'failing', remark: say('task-failed', { task: name, reason }) };
  }
  if (task.lastSuccessAt === null) {
    return { state: 'unprotected', remark: say('task-never-ran', { task: name }) };
  }
  if (task.partial) return { state: 'attention', remark: say('task-partial', { task: name, reason }) };
  const days = Math.floor((now - task.lastSuccessAt) / 86_400_000);
  if (!task.scheduled && now - task.lastSuccessAt > OLD_MS) {
    return { state: 'attention', remark: say('task-unscheduled', { task: name, days }) };
  }
  return { state: 'ok', remark: null };
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
    if (agent === 'none') return { state: 'unknown', remark: say('server-unknown', {}) };
    return { state: 'unprotected', remark: say('server-without-task', {}) };
  }
  const judged = tasks.map((task) => judgeTask(task, now));
  const worst = worstFirst
    .map((state) => judged.find((one) => one.state === state))
    .find((one) => one !== undefined);
  if (worst === undefined) return { state: 'unknown', remark: null };
  if (worst.state === 'unprotected' && tasks.some((task) => task.lastSuccessAt !== null)) {
    // What is wrong with a backup that ran says more than that another is still to come.
    return judged.find((one) => one.state === 'attention') ?? { ...worst, state: 'attention' };
  }
  if (worst.state !== 'ok') return worst;
  if (agent === 'none') return { state: 'attention', remark: say('server-without-agent', {}) };
  if (agent === 'offline') return { state: 'attention', remark: say('server-offline', {}) };
  return worst;
}
