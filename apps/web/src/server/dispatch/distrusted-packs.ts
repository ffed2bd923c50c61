import type { Center } from '../center.ts';
import { damagedPacksOf } from '../repositories/copy-history.ts';

/** What a run on a copy is told of damage that checks have found there. */
export async function distrustedPacks(
  center: Pick<Center, 'db'>,
  repositoryId: string,
): Promise<(nodeId: string) => { distrustedPacks?: string[] }> {
  const damaged = await damagedPacksOf(center, repositoryId);
  return (nodeId) => {
    const packIds = damaged.get(nodeId);
    return packIds === undefined ? {} : { distrustedPacks: [...packIds] };
  };
}
