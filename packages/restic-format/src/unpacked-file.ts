import { Failure } from '@breakwater/domain/failure';
import { open, type RepositoryKey, seal } from './crypto.ts';
import { compress, decompress } from './zstd.ts';

/** Index, snapshot and lock files: encrypted JSON, compressed since format version 2. */
const COMPRESSED = 2;
/** `{` or `[`: the whole plaintext is the JSON. */
const PLAIN_JSON = [0x7b, 0x5b];
const MAX_JSON_BYTES = 500 * 1024 * 1024;

export function sealUnpacked(key: RepositoryKey, version: 1 | 2, json: Buffer): Buffer {
  const plain = version === 1 ? json : Buffer.concat([Buffer.of(COMPRESSED), compress(json)]);
  const sealed = seal(key, plain);
  if (!openUnpacked(key, sealed, 'the file just made').equals(json)) {
    throw new Failure('internal', 'a file came out damaged: this machine cannot be trusted');
  }
  return sealed;
}

/** Throws `repository-damaged` or `unsupported-format`, naming `what`. */
export function openUnpacked(key: RepositoryKey, sealed: Uint8Array, what: string): Buffer {
  const plain = open(key, sealed);
  if (plain === null) {
    throw new Failure('repository-damaged', `${what}: its authentication code does not match`);
  }
  const encoding = plain[0];
  if (encoding === undefined || PLAIN_JSON.includes(encoding)) return plain;
  if (encoding !== COMPRESSED) {
    throw new Failure('unsupported-format', `${what}: encoding ${encoding}, this program knows 2`);
  }
  const json = decompress(plain.subarray(1), MAX_JSON_BYTES);
  if (json === null) throw new Failure('repository-damaged', `${what} does not decompress`);
  return json;
}
