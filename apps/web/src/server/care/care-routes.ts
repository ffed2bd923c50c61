import { repositoryId } from '@breakwater/contract/ids';
import { DEFAULT_MAX_UNUSED } from '@breakwater/contract/prune-limits';
import {
  lockParams,
  type RepositoryRunInput,
  repositoryLocks,
  repositoryRunInput,
} from '@breakwater/contract/repository-care';
import { startRunAnswer } from '@breakwater/contract/run';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import type { Center } from '../center.ts';
import { defineRoute } from '../http/route.ts';
import type { StartedRun } from '../runs/start-run.ts';
import { listRepositoryLocks, removeRepositoryLock } from '../repositories/repository-locks.ts';
import { replicateNow } from '../replication/replicate-now.ts';
import { startCheck, startForget, startPrune } from './start-care-run.ts';

const tag = 'Repositories';
const params = z.strictObject({ id: repositoryId });

export const careRoutes = [
  defineRoute({
    method: 'POST',
    path: '/repositories/{id}/runs',
    tag,
    summary:
      'Have a maintenance agent check or prune a copy, or forget what retention does not keep; or have a node fetch what its copy lacks',
    role: 'operator',
    params,
    body: repositoryRunInput,
    status: 202,
    answer: startRunAnswer,
    async handle({ params: { id }, body, identity, center }) {
      const { run, coalesced } = await start(center, id, body, identity.kind === 'user' ? 'manual' : 'api');
      return { runId: run.id, coalesced };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/repositories/{id}/locks',
    tag,
    summary: 'The locks on every copy, and whose they are',
    role: 'viewer',
    params,
    answer: repositoryLocks,
    handle: ({ params: { id }, center }) => listRepositoryLocks(center, id),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{id}/locks/{nodeId}/{name}',
    tag,
    summary: 'Remove a lock; not one of a run that goes on',
    role: 'operator',
    params: lockParams,
    answer: 'nothing',
    handle: ({ params: wanted, identity, center }) => removeRepositoryLock(center, wanted, nameOf(identity)),
  }),
];

function start(
  center: Center,
  id: string,
  wanted: RepositoryRunInput,
  trigger: 'manual' | 'api',
): Promise<StartedRun> {
  switch (wanted.kind) {
    case 'check':
      return startCheck(center, id, { ...wanted, readData: wanted.readData ?? false }, trigger);
    case 'forget':
      return startForget(center, id, trigger);
    case 'prune':
      return startPrune(
        center,
        id,
        { nodeId: wanted.nodeId, maxUnused: wanted.maxUnused ?? DEFAULT_MAX_UNUSED },
        trigger,
      );
    case 'replicate':
      return replicateNow(center, id, wanted.nodeId ?? '', trigger);
  }
}
