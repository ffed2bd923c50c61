import type { BlobType } from './blob.ts';
import { type ClonedKey, keyFromClone } from './cloned-key.ts';
import type { RepositoryKey } from './crypto.ts';
import type { StartThread } from './order-threads.ts';
import { sealBlob } from './sealed-blob.ts';

export interface SealOrder {
  key: ClonedKey;
  version: 1 | 2;
  type: BlobType;
  plaintext: Uint8Array;
  id: string;
}

export interface SealAnswer {
  bytes: Uint8Array;
  uncompressedLength: number | null;
}

/** In a thread of its own: seals what it is sent. */
export const start: StartThread<null, SealOrder, SealAnswer> =
  () =>
  ({ key, version, type, plaintext, id }) => {
    const { bytes, uncompressedLength } = sealBlob(keyOf(key), version, type, plaintext, id);
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
    return { answer: { bytes, uncompressedLength }, transfer };
  };

const keys = new Map<string, RepositoryKey>();

/** One object a key, because its ciphers are kept by it. */
function keyOf(clone: ClonedKey): RepositoryKey {
  const key = keyFromClone(clone);
  const name = Buffer.concat([key.encrypt, key.macK, key.macR]).toString('hex');
  const known = keys.get(name);
  if (known !== undefined) return known;
  keys.set(name, key);
  return key;
}
