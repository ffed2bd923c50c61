import { randomUUID } from 'node:crypto';
import { createRestStore, type RestStore } from '@breakwater/storage-client/rest-store';
import type { Center } from '../center.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import { copyUrl } from './create-copy.ts';

const TOKEN_SECONDS = 300;

/** Looks at the files of one copy, with a token of the control center's own that only reads. */
export async function withCopyStore<T>(
  center: Pick<Center, 'keys' | 'now'>,
  repositoryId: string,
  node: { id: string; url: string },
  look: (store: RestStore) => Promise<T>,
): Promise<T> {
  const grant = {
    jti: `look.${randomUUID()}`,
    subject: 'center',
    nodeId: node.id,
    repositoryId,
    verbs: ['read'] as const,
    seconds: TOKEN_SECONDS,
  };
  const { token } = await signStorageToken(center.keys.signing, grant, center.now());
  const store = createRestStore({ url: copyUrl(node.url, repositoryId), token: () => token });
  try {
    return await look(store);
  } finally {
    store.close();
  }
}
