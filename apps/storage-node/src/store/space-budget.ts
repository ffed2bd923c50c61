import { Failure } from '@breakwater/domain/failure';
import type { VolumeSpace } from './file-system.ts';

const MAX_RESERVE_BYTES = 1024 ** 3;
const RESERVE_SHARE = 0.02;

/** What is kept free for locks and prune, so that a full store can still be made smaller. Bytes. */
export function defaultReserve(totalBytes: number): number {
  return Math.min(MAX_RESERVE_BYTES, Math.floor(totalBytes * RESERVE_SHARE));
}

export interface Capacity extends VolumeSpace {
  /** Part of `freeBytes` that only locks and prune may take. */
  reserveBytes: number;
}

export interface SpaceLimits {
  /** Bytes kept back; null for the default. */
  reserveBytes: number | null;
  /** Bytes all repositories together may take; null for no limit but the volume. */
  quotaBytes: number | null;
}

/** Space promised to one body in flight. */
export interface SpaceLease {
  /** Called before bytes are written: throws `node-full` or `quota-exceeded` when an unannounced body grows too large. */
  take(bytes: number): Promise<void>;
  release(): void;
}

/** Says which bodies still fit. Bytes promised to bodies in flight but not yet on the disk count as taken. */
export class SpaceBudget {
  readonly #measure: () => Promise<VolumeSpace>;
  readonly #usedBytes: () => number;
  readonly #limits: SpaceLimits;
  #promised = 0;

  constructor(measure: () => Promise<VolumeSpace>, usedBytes: () => number, limits: SpaceLimits) {
    this.#measure = measure;
    this.#usedBytes = usedBytes;
    this.#limits = limits;
  }

  /** The volume's size and room, or the quota's where that is tighter. */
  async capacity(): Promise<Capacity> {
    const { totalBytes, freeBytes } = await this.#measure();
    const reserveBytes = Math.min(this.#limits.reserveBytes ?? defaultReserve(totalBytes), totalBytes);
    const quota = this.#limits.quotaBytes;
    if (quota === null) return { totalBytes, freeBytes, reserveBytes };
    const left = Math.max(0, quota - this.#usedBytes()) + reserveBytes;
    return {
      totalBytes: Math.min(totalBytes, quota),
      freeBytes: Math.min(freeBytes, left),
      reserveBytes,
    };
  }

  /** Bytes that the quota still leaves; null where there is none. */
  quotaLeft(): number | null {
    const quota = this.#limits.quotaBytes;
    return quota === null ? null : Math.max(0, quota - this.#usedBytes());
  }

  async admit(expectedBytes: number | null, mayUseReserve: boolean): Promise<SpaceLease> {
    let outstanding = 0;
    const promise = async (bytes: number) => {
      await this.#assertRoom(bytes, mayUseReserve);
      outstanding += bytes;
      this.#promised += bytes;
    };
    const settle = (bytes: number) => {
      outstanding -= bytes;
      this.#promised -= bytes;
    };
    // An empty or unannounced body still needs room for one byte: a full store refuses it before it is sent.
    await this.#assertRoom(expectedBytes ?? 1, mayUseReserve);
    if (expectedBytes !== null) {
      outstanding = expectedBytes;
      this.#promised += expectedBytes;
    }
    return {
      take: async (bytes) => {
        if (bytes > outstanding) await promise(bytes - outstanding);
        settle(bytes);
      },
      release: () => settle(outstanding),
    };
  }

  async #assertRoom(bytes: number, mayUseReserve: boolean): Promise<void> {
    const { totalBytes, freeBytes } = await this.#measure();
    const reserve = mayUseReserve ? 0 : (this.#limits.reserveBytes ?? defaultReserve(totalBytes));
    const room = freeBytes - this.#promised - reserve;
    if (room < bytes) {
      throw new Failure(
        'node-full',
        `The storage node has ${Math.max(0, room)} bytes left for this, ${bytes} are needed.`,
      );
    }
    const quota = this.#limits.quotaBytes;
    if (quota === null || mayUseReserve) return;
    const left = quota - this.#usedBytes() - this.#promised;
    if (left < bytes) {
      throw new Failure(
        'quota-exceeded',
        `The storage node's quota of ${quota} bytes has ${Math.max(0, left)} left, ${bytes} are needed.`,
      );
    }
  }
}
