import { z } from 'zod';
import { byteCount, contentId, repositoryId, resourceId, sourceAddress } from './ids.ts';
import { repository } from './resources.ts';
import { storedRepository } from './stored-repository.ts';

/**
 * `GET /storage-nodes/{id}/repositories`: the restic repositories in a node's data folder. `registered`: the control
 * center has this copy already. `misnamed`: folders that hold a repository under a name that no repository can have;
 * `unreadable`: such as the node's own user may not read.
 */
export const nodeRepositories = z.object({
  items: z.array(storedRepository.extend({ registered: z.boolean() })),
  misnamed: z.array(z.string()),
  unreadable: z.array(z.string()),
});
export type NodeRepositories = z.infer<typeof nodeRepositories>;

/**
 * `POST /repositories/adopt`. `repositoryId`: the name of its folder in the node's data folder, which is its id from
 * then on. `sourceAddress`: the server whose own repository it becomes, where that has none yet.
 */
export const adoptionInput = z.strictObject({
  nodeId: resourceId,
  repositoryId,
  password: z.string().min(1).max(4096),
  sourceAddress: sourceAddress.nullable().default(null),
});
export type AdoptionInput = z.input<typeof adoptionInput>;
export type Adoption = z.output<typeof adoptionInput>;

/** `unreadableSnapshots`: files that could not be opened as snapshots; they stay where they are. */
export const adoptionAnswer = z.object({
  repository,
  /** Snapshots that were not in the catalog before. */
  snapshots: byteCount,
  unreadableSnapshots: z.array(contentId),
});
export type AdoptionAnswer = z.infer<typeof adoptionAnswer>;
