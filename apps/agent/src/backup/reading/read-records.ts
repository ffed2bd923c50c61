import type { ScannerMemory } from '@breakwater/restic-format/rabin-scan';
import type { NodeStat } from '../../source/node-from-stat.ts';

/** A time before 1677 or after 2262 is more nanoseconds than a word holds: the rest stands in a word of its own. */
const TIME_FIELDS = ['atimeNs', 'mtimeNs', 'ctimeNs'] as const;
const STAT_FIELDS = [
  ...(['mode', 'uid', 'gid', 'size', 'nlink', 'ino', 'dev', 'rdev'] as const),
  ...TIME_FIELDS,
] satisfies (keyof NodeStat)[];
const ID_BYTES = 32;
const WORD_BYTES = 8;
const WORD_BITS = 64n;
const FIRST_HIGH = 2 + STAT_FIELDS.length;
/** What was got, how many bytes, the status, what is above the times, the id. */
const WORDS = FIRST_HIGH + TIME_FIELDS.length + ID_BYTES / WORD_BYTES;

/** Bytes for one file. */
export const READ_RECORD_BYTES = WORDS * WORD_BYTES;

const CODES = { other: 0n, error: 1n, content: 2n };

export type ReadRecord =
  /** `bytes` may be fewer than the size: it was cut short while it was read. Empty content has no id. */
  | { got: 'content'; stat: NodeStat; bytes: number; id: string }
  /** It has become another thing, or has outgrown its room: to be looked at anew. */
  | { got: 'other' }
  | { got: 'error' };

/**
 * What a thread says of the files of a batch, in shared memory: as messages a million small objects would cost more
 * than reading the files.
 */
export class ReadRecords {
  readonly #words: BigInt64Array;
  readonly #bytes: Buffer;

  /** `at` is a multiple of eight; there is room for `READ_RECORD_BYTES` a file. */
  constructor({ buffer }: ScannerMemory, at: number, files: number) {
    this.#words = new BigInt64Array(buffer, at, files * WORDS);
    this.#bytes = Buffer.from(buffer, at, files * READ_RECORD_BYTES);
  }

  put(file: number, record: ReadRecord): void {
    const first = file * WORDS;
    this.#words[first] = CODES[record.got];
    if (record.got !== 'content') return;
    this.#words[first + 1] = BigInt(record.bytes);
    for (const [n, field] of STAT_FIELDS.entries()) this.#words[first + 2 + n] = record.stat[field];
    for (const [n, field] of TIME_FIELDS.entries()) {
      this.#words[first + FIRST_HIGH + n] = record.stat[field] >> WORD_BITS;
    }
    this.#bytes.write(record.id, this.#idAt(file), ID_BYTES, 'hex');
  }

  get(file: number): ReadRecord {
    const first = file * WORDS;
    const word = (n: number): bigint => this.#words[first + n] ?? 0n;
    if (word(0) === CODES.other) return { got: 'other' };
    if (word(0) === CODES.error) return { got: 'error' };
    const bytes = Number(word(1));
    const time = (n: number): bigint =>
      (word(FIRST_HIGH + n) << WORD_BITS) | unsigned(word(FIRST_HIGH - TIME_FIELDS.length + n));
    const stat: NodeStat = {
      ...{ mode: word(2), uid: word(3), gid: word(4), size: word(5), nlink: word(6) },
      // Numbers of inodes and devices have no sign.
      ...{ ino: unsigned(word(7)), dev: unsigned(word(8)), rdev: unsigned(word(9)) },
      ...{ atimeNs: time(0), mtimeNs: time(1), ctimeNs: time(2) },
    };
    const at = this.#idAt(file);
    return {
      got: 'content',
      stat,
      bytes,
      id: bytes === 0 ? '' : this.#bytes.toString('hex', at, at + ID_BYTES),
    };
  }

  #idAt(file: number): number {
    return (file + 1) * READ_RECORD_BYTES - ID_BYTES;
  }
}

function unsigned(word: bigint): bigint {
  return BigInt.asUintN(64, word);
}
