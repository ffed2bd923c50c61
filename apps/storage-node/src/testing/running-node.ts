import { createHash } from 'node:crypto';
import type { Verb } from '@breakwater/contract/storage-token';
import { pino } from 'pino';
import { type StorageNode, type StorageNodeOptions, startStorageNode } from '../start-storage-node.ts';
import type { NodeState } from '../state/node-state.ts';
import { type EnrolledFolder, makeEnrolledFolder } from './enrolled-folder.ts';

export const silentLogger = pino({ level: 'silent' });
export const REPOSITORY = 'a1b2c3d4-0000-4000-8000-000000000001';

export interface RunningNode extends StorageNode {
  folder: EnrolledFolder;
  /** A token for `REPOSITORY` with these verbs; `probe` alone has no repository. */
  grant: (...verbs: Verb[]) => Promise<string>;
  /** A request with this token and nothing else added. */
  send: (method: string, path: string, token: string | null, init?: RequestInit) => Promise<Response>;
  stop: () => Promise<void>;
}

/** A real node in this process, on a folder and a port of its own. */
export async function runNode(
  changes: Partial<NodeState> = {},
  options: Partial<StorageNodeOptions> = {},
): Promise<RunningNode> {
  const folder = await makeEnrolledFolder(changes);
  const node = await startStorageNode({ dataDir: folder.dataDir, logger: silentLogger, ...options }).catch(
    async (error: unknown) => {
      await folder.remove();
      throw error;
    },
  );
  return {
    ...node,
    folder,
    grant: (...verbs) => folder.sign(verbs.includes('probe') ? { verbs } : { verbs, repository: REPOSITORY }),
    send: (method, path, token, init = {}) =>
      fetch(`${node.url}${path}`, {
        method,
        ...init,
        headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers },
      }),
    stop: async () => {
      await node.close();
      await folder.remove();
    },
  };
}

export function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
