import { restoreInput } from '@breakwater/contract/resources';
import { startRunAnswer } from '@breakwater/contract/run';
import { defineRoute } from '../http/route.ts';
import { startRestore } from './start-restore.ts';

export const restoreRoutes = [
  defineRoute({
    method: 'POST',
    path: '/restores',
    tag: 'Restores',
    summary: 'Restore from a snapshot to an enrolled server',
    role: 'operator',
    body: restoreInput,
    status: 202,
    answer: startRunAnswer,
    async handle({ body, identity, center }) {
      const trigger = identity.kind === 'user' ? 'manual' : 'api';
      const { run, coalesced } = await startRestore(center, body, trigger);
      return { runId: run.id, coalesced };
    },
  }),
];
