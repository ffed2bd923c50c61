import { Failure } from '@breakwater/domain/failure';
import { CRYPTO_OVERHEAD, isId, type PackedBlob } from './blob.ts';
import { type JsonValue, parseJson } from './go-json.ts';
import { JsonFields } from './json-fields.ts';

/** An index file: what lies in some packs. */
export interface IndexFile {
  /** Index files that this one replaces (restic before 0.17). */
  supersedes: string[];
  packs: { packId: string; blobs: PackedBlob[] }[];
}

const UINT32_MAX = 0xffff_ffff;

export function encodeIndexFile(index: IndexFile): Buffer {
  const parts: string[] = [];
  for (const { packId, blobs } of index.packs) {
    parts.push(`{"id":"${packId}","blobs":[${blobs.map(encodeBlob).join(',')}]}`);
  }
  const supersedes =
    index.supersedes.length === 0
      ? ''
      : `"supersedes":[${index.supersedes.map((id) => `"${id}"`).join(',')}],`;
  return Buffer.from(`{${supersedes}"packs":[${parts.join(',')}]}\n`);
}

function encodeBlob(blob: PackedBlob): string {
  const uncompressed =
    blob.uncompressedLength === null ? '' : `,"uncompressed_length":${blob.uncompressedLength}`;
  return `{"id":"${blob.id}","type":"${blob.type}","offset":${blob.offset},"length":${blob.length}${uncompressed}}`;
}

/** Throws `repository-damaged` naming the index file. */
export function decodeIndexFile(json: Uint8Array, indexId: string): IndexFile {
  const what = `index ${indexId}`;
  const fields = new JsonFields(parseJson(json, what), what);
  const packs = (fields.list('packs') ?? []).map((value) => {
    const pack = new JsonFields(value, what);
    const packId = pack.id('id');
    return { packId, blobs: (pack.list('blobs') ?? []).map((blob) => decodeBlob(blob, what)) };
  });
  return { supersedes: fields.ids('supersedes') ?? [], packs };
}

function decodeBlob(value: JsonValue, what: string): PackedBlob {
  // Index files hold millions of these: the shape that every writer produces is taken without a detour.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { id, type, offset, length, uncompressed_length: uncompressed = 0 } = value;
    if (
      isId(id) &&
      (type === 'data' || type === 'tree') &&
      isUint32(offset) &&
      isUint32(length) &&
      isUint32(uncompressed) &&
      length >= CRYPTO_OVERHEAD
    ) {
      return { type, id, offset, length, uncompressedLength: uncompressed === 0 ? null : uncompressed };
    }
  }
  const fields = new JsonFields(value, what);
  const type = fields.string('type');
  if (type !== 'data' && type !== 'tree') throw fields.wrong('type', '"data" or "tree"');
  const length = fields.uint('length', UINT32_MAX);
  if (length < CRYPTO_OVERHEAD) {
    throw new Failure('repository-damaged', `${what}: a blob of ${length} bytes, expected at least 32`);
  }
  const uncompressedLength = fields.uint('uncompressed_length', UINT32_MAX);
  return {
    type,
    id: fields.id('id'),
    offset: fields.uint('offset', UINT32_MAX),
    length,
    uncompressedLength: uncompressedLength === 0 ? null : uncompressedLength,
  };
}

function isUint32(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= UINT32_MAX;
}
