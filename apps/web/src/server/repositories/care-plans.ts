import type { CarePlan } from '@breakwater/contract/repository-care';
import type { Repository } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import type { Prisma } from '../db/generated/client.ts';
import { say } from '../remarks/say.ts';
import {
  noteCareBegun as markCareBegun,
  replacePauses,
  repositoryIds,
  saveCarePlan,
  sourceAddressOf,
} from './care-records.ts';
import { getRepository } from './repositories.ts';

type Copy = { repositoryId: string; nodeId: string };

/** Changes what is given of a repository's care plan. Throws `not-found`. */
export async function patchCarePlan(
  center: Center,
  id: string,
  plan: { [K in keyof CarePlan]?: CarePlan[K] | undefined },
  by: string,
): Promise<Repository> {
  await center.events.withChange(async (tx, tell) => {
    if (!(await saveCarePlan(tx, id, plan))) throw new Failure('not-found', `there is no repository ${id}`);
    const of = (await sourceAddressOf(tx, id)) ?? id;
    await tell({
      level: 'info',
      kind: 'care-changed',
      remark: say('care-changed', { by, of }),
      subject: { type: 'repository', id },
    });
  });
  center.live.changed('repositories', id);
  const changed = await getRepository(center, id);
  await center.jobs.enqueueCare(id);
  return changed;
}

export async function everyRepositoryId(center: Pick<Center, 'db'>): Promise<string[]> {
  return repositoryIds(center.db);
}

/** The plan begins something on this copy: if it fails, it is not tried again at once. */
export async function noteCareBegun(center: Pick<Center, 'db'>, copy: Copy, at: Date): Promise<void> {
  await markCareBegun(center.db, copy, at);
}

/** Remembers what forgetting is paused by, by task; returns what it was before. */
export async function notePauses(
  tx: Prisma.TransactionClient,
  id: string,
  pauses: Record<string, string>,
): Promise<Record<string, string>> {
  return replacePauses(tx, id, pauses);
}
