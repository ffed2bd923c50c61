import type { RepositoryKey } from './crypto.ts';

/** A key as it arrives in another thread: its Buffers have become plain arrays. */
export type ClonedKey = Readonly<Record<keyof RepositoryKey, Uint8Array>>;

/** Only the parts, so that nothing else of the object goes to a thread. */
export function partsOfKey({ encrypt, macK, macR }: RepositoryKey): ClonedKey {
  return { encrypt, macK, macR };
}

export function keyFromClone({ encrypt, macK, macR }: ClonedKey): RepositoryKey {
  return { encrypt: Buffer.from(encrypt), macK: Buffer.from(macK), macR: Buffer.from(macR) };
}
