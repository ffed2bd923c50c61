import { randomUUID } from 'node:crypto';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { createRestStore } from '@breakwater/storage-client/rest-store';
import type { Center } from '../center.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { requireRepository } from './repository-access.ts';
import { keepCopy } from './repository-records.ts';

const TOKEN_SECONDS = 300;
const REQUEST_MS = 20_000;

/**
 * Makes a copy of a repository on a node: its folder, the key file, and last the config, which is what makes it a
 * repository. Only the control center may (verb `create`); the same again changes nothing. Throws `not-found`,
 * `node-unreachable`, `node-full`, or `already-exists` where the node holds another repository of this name.
 */
export async function createCopy(
  center: Pick<Center, 'db' | 'keys' | 'storageNodes' | 'live' | 'now'>,
  repositoryId: string,
  nodeId: string,
): Promise<void> {
  const repository = await requireRepository(center, repositoryId);
  const node = await center.storageNodes.record(nodeId);
  if (node === null) throw new Failure('not-found', `there is no storage node ${nodeId}`);
  const { token } = await signStorageToken(
    center.keys.signing,
    {
      jti: `create.${randomUUID()}`,
      subject: 'center',
      nodeId,
      repositoryId,
      verbs: ['create', 'read'],
      seconds: TOKEN_SECONDS,
    },
    center.now(),
  );
  const url = copyUrl(node.url, repositoryId);
  await createFolder(url, token, node.name);
  const store = createRestStore({ url, token: () => token });
  try {
    await store.write('keys', repository.keyName, [repository.keyBytes]);
    await store.write('config', 'config', [repository.configBytes]);
  } finally {
    store.close();
  }
  await keepCopy(center.db, { repositoryId, nodeId });
  center.live.changed('repositories', repositoryId);
}

/** Where a copy is on a node, as restic's REST backend wants it: with a slash at the end. */
export function copyUrl(nodeUrl: string, repositoryId: string): string {
  return new URL(`${encodeURIComponent(repositoryId)}/`, nodeUrl.endsWith('/') ? nodeUrl : `${nodeUrl}/`)
    .href;
}

async function createFolder(url: string, token: string, nodeName: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`${url}?create=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  } catch (error) {
    throw new Failure('node-unreachable', `${nodeName} cannot be reached: ${asFailure(error).message}`, {
      retryable: true,
      cause: error,
    });
  }
  await response.arrayBuffer();
  if (response.ok) return;
  if (response.status === 507) throw new Failure('node-full', `${nodeName} is full`);
  throw new Failure('unavailable', `${nodeName} made no folder for the repository: HTTP ${response.status}`, {
    retryable: response.status >= 500,
  });
}
