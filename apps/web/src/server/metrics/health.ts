import type { HealthAnswer } from '@breakwater/contract/health';
import type { Center } from '../center.ts';
import { pingDatabase } from './metric-records.ts';

const TIMEOUT_MS = 3000;

/** Whether this process can do its work now: database and queue answer in time. */
export async function readiness(center: Center): Promise<HealthAnswer> {
  const checks: Record<string, string> = {};
  const ask = async (name: string, answered: Promise<unknown>) => {
    checks[name] = await inTime(answered);
  };
  await Promise.all([ask('database', pingDatabase(center.db)), ask('queue', center.jobs.scheduledTasks())]);
  const ok = Object.values(checks).every((state) => state === 'ok');
  return { status: ok ? 'ok' : 'failing', checks };
}

async function inTime(answered: Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  });
  const asked = answered.then(
    () => 'ok',
    // What it says may name hosts and users: the log has it, the answer only that it failed.
    () => 'failing',
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
