import type { Center } from '../center.ts';
import { withCopyStore } from '../repositories/copy-store.ts';
import { forgottenAmong, noteHeld } from './replication-records.ts';

/**
 * Looks which snapshots lie on a copy, and writes into the catalog those that it knows: a replication that was cut off
 * may have brought some that nobody told of. Returns their names, and which of them were forgotten.
 */
export async function lookAtSnapshots(
  center: Pick<Center, 'db' | 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; url: string },
): Promise<{ ids: string[]; forgotten: string[] }> {
  const files = await withCopyStore(center, repositoryId, node, (store) => store.list('snapshots'));
  const ids = files.map(({ name }) => name);
  await noteHeld(center.db, { repositoryId, nodeId: node.id }, ids);
  return { ids, forgotten: await forgottenAmong(center.db, repositoryId, ids) };
}
