import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeEnrolledFolder } from '../../apps/storage-node/src/testing/enrolled-folder.ts';
import { spawnNode } from '../../apps/storage-node/src/testing/spawned-node.ts';
import { resticAddress } from '../../apps/storage-node/src/tokens/access-token.ts';

/** Where a repository is made: what programs are told, and its folder. */
export interface RepositoryPlace {
  location: string;
  folder: string;
}

export interface BenchNode {
  newRepository(): Promise<RepositoryPlace>;
  stop(): Promise<void>;
}

/** A storage node in a process of its own, which keeps what it is sent below `folder` and knows no control center. */
export async function startBenchNode(folder: string): Promise<BenchNode> {
  const enrolled = await makeEnrolledFolder({}, folder);
  const node = await spawnNode(enrolled.dataDir, { env: { BREAKWATER_LOG_LEVEL: 'info' } });
  return {
    newRepository: async () => {
      const repository = randomUUID();
      const verbs = ['read', 'append', 'lock', 'create', 'delete'] as const;
      const now = Math.floor(Date.now() / 1000);
      const token = await enrolled.sign({ repository, verbs: [...verbs], exp: now + 24 * 3600 });
      return {
        location: resticAddress(node.url, repository, token),
        folder: join(enrolled.dataDir, repository),
      };
    },
    stop: async () => {
      await node.stop();
      await enrolled.remove();
    },
  };
}
