import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { requireRepository } from '../repositories/repository-access.ts';
import { requireVersion2 } from '../repositories/require-version-2.ts';
import type { StartedRun } from '../runs/start-run.ts';
import { startReplication } from './keep-copies.ts';

/**
 * Has a node fetch what its copy lacks, now; the copy is made where there is none. Throws `not-found`,
 * `invalid-request` naming the field for a node that is not enrolled, `unsupported-format`.
 */
export async function replicateNow(
  center: Center,
  repositoryId: string,
  nodeId: string,
  trigger: 'manual' | 'api',
): Promise<StartedRun> {
  await requireRepository(center, repositoryId);
  await requireVersion2(center, repositoryId);
  if ((await center.storageNodes.record(nodeId)) === null) {
    throw refusedField('nodeId', nodeId, 'the id of an enrolled storage node');
  }
  return startReplication(center, repositoryId, nodeId, trigger);
}
