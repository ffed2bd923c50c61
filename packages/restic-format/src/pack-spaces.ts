/** Room behind the pack size for the blob that fills a pack: restic cuts files at 8 MiB. */
const SLACK_BYTES = 8 * 1024 * 1024 + 64 * 1024;

/**
 * Memory for packs that are being filled or stored, used again and again. What has never been written to takes no
 * memory, so a space costs what the largest pack in it did.
 */
export class PackSpaces {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  constructor(packSize: number) {
    this.#bytes = packSize + SLACK_BYTES;
  }

  /** Room for `bytes` at least. */
  take(bytes: number): Buffer {
    if (bytes > this.#bytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Nothing may read it any more. */
  give(space: Buffer): void {
    if (space.length === this.#bytes) this.#free.push(space);
  }
}
