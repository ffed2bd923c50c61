import { repositoryId } from '@breakwater/contract/ids';
import { DEFAULT_MAX_UNUSED } from '@breakwater/contract/prune-limits';
import { type RepositoryRunInput, repositoryRunInput } from '@breakwater/contract/repository-care';
import { startRunAnswer } from '@breakwater/contract/run';
import { z } from 'zod';
import type { Center } from '../center.ts';
import { defineRoute } from '../http/route.ts';
import type { StartedRun } from '../runs/start-run.ts';
import { startCheck, startForget, startPrune } from './start-care-run.ts';

const tag = 'Repositories';
const params = z.strictObject({ id: repositoryId });

export const careRoutes = [
  defineRoute({
    method: 'POST',
    path: '/repositories/{id}/runs',
    tag,
    summary: 'Have a maintenance agent check or prune a copy, or forget what retention does not keep',
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
  }
}
