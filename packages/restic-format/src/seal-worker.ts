import { parentPort } from 'node:worker_threads';
import { asFailure } from '@breakwater/domain/failure';
import type { RepositoryKey } from './crypto.ts';
import { sealBlob } from './sealed-blob.ts';
import type { SealOrder, SealResult } from './seal-pool.ts';

/** Runs in a thread of its own: seals what it is sent, in order. */
const keys = new Map<string, RepositoryKey>();

/** One object a key, because its ciphers are kept by it. */
function keyOf({ encrypt, macK, macR }: SealOrder['key']): RepositoryKey {
  const parts = [encrypt, macK, macR].map((part) => Buffer.from(part));
  const name = Buffer.concat(parts).toString('hex');
  const known = keys.get(name);
  if (known !== undefined) return known;
  const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = parts;
  const key = { encrypt: first, macK: second, macR: third };
  keys.set(name, key);
  return key;
}

parentPort?.on('message', (order: SealOrder) => {
  let result: SealResult;
  try {
    const sealed = sealBlob(keyOf(order.key), order.version, order.type, order.plaintext, order.id);
    result = { ok: true, bytes: sealed.bytes, uncompressedLength: sealed.uncompressedLength };
  } catch (error) {
    result = { ok: false, message: asFailure(error).message };
  }
  const transfer = result.ok && result.bytes.buffer instanceof ArrayBuffer ? [result.bytes.buffer] : [];
  parentPort?.postMessage(result, transfer);
});
