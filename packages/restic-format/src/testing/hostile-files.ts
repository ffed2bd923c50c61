import { Failure } from '@breakwater/domain/failure';
import { CRYPTO_OVERHEAD } from '../blob.ts';
import { randomKey, seal } from '../crypto.ts';
import { readPackHeader } from '../pack.ts';
import { BlobOpener, blobId, openBlob } from '../sealed-blob.ts';
import { compress, decompress } from '../zstd.ts';

/**
 * Reads, in a process of its own, small files that claim to be large, and tells how many were refused and by how much
 * the process grew meanwhile (its peak resident set).
 */
const key = randomKey();
const id = blobId(Buffer.from('small'));
const other = blobId(Buffer.from('another'));
const sealed = seal(key, compress(Buffer.from('small')));
const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
openBlob(key, sealed, { type: 'data', id, uncompressedLength: 5 });
const before = process.resourceUsage().maxRSS;

function refuses(read: () => unknown): boolean {
  try {
    const result = read();
    return result === null || (result as { ok?: boolean }).ok === false;
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}

const header = Buffer.alloc(CRYPTO_OVERHEAD + 4);
header.writeUInt32LE(0x7fff_ffff, header.length - 4);
const claims = [
  () => openBlob(key, sealed, { type: 'data', id, uncompressedLength: 0xffff_ffff }),
  () => openBlob(key, sealed, { type: 'data', id: other, uncompressedLength: 490 * 1024 * 1024 }),
  () => new BlobOpener(key).open(sealed, { type: 'data', id: other, uncompressedLength: 490 * 1024 * 1024 }),
  () => decompress(bomb, 1024 * 1024),
  () => openBlob(key, seal(key, bomb), { type: 'data', id, uncompressedLength: 5000 }),
  () => readPackHeader(key, id, 0xffff_ffff, header),
];
const refused = claims.filter(refuses).length;
const grownMiB = (process.resourceUsage().maxRSS - before) / 1024;
process.stdout.write(JSON.stringify({ refused, grownMiB }));
