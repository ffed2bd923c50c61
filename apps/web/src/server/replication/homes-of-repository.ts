import type { HomeCopy } from '@breakwater/domain/copies-plan';
import type { Center } from '../center.ts';
import { damagedPacksOf } from '../repositories/copy-history.ts';
import { type CopiesOfRepository, copiesOfRepository } from './copies-of-repository.ts';

/** The copies that are kept complete, most settled first, as far as pruning is concerned. */
export async function homesOfRepository(
  center: Center,
  repositoryId: string,
  known?: CopiesOfRepository,
): Promise<HomeCopy[]> {
  const facts = known ?? (await copiesOfRepository(center, repositoryId));
  const damaged = await damagedPacksOf(center, repositoryId);
  const online = new Map(facts.nodes.map((node) => [node.nodeId, node.online]));
  const all = new Set(facts.copies.flatMap(({ snapshots }) => [...snapshots]));
  const held = new Map(facts.copies.map(({ nodeId, snapshots }) => [nodeId, snapshots.size]));
  return facts.rows
    .filter(({ home }) => home)
    .map((row) => ({
      nodeId: row.nodeId,
      online: online.get(row.nodeId) === true,
      complete: held.get(row.nodeId) === all.size,
      damaged: (damaged.get(row.nodeId)?.length ?? 0) > 0,
      lastPrunedAt: row.lastPrunedAt?.getTime() ?? null,
      lastCheckedAt: row.lastCheckedAt?.getTime() ?? null,
    }));
}
