/** Between two packs a sender is silent for a while, ms, and still at work. */
const LINGER_MS = 5000;

/** Who sends or fetches files. A backup with four packs on their way is one peer. */
export class PeersAtWork {
  readonly #now: () => number;
  /** By peer: files on their way, and when the last one ended. */
  readonly #peers = new Map<string, { files: number; endedAt: number }>();

  /** `now` in ms, on a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A file of this peer's is on its way; returns what to call at its end. */
  began(peer: string): () => void {
    const entry = this.#peers.get(peer) ?? { files: 0, endedAt: 0 };
    this.#peers.set(peer, entry);
    entry.files += 1;
    return () => {
      entry.files -= 1;
      entry.endedAt = this.#now();
    };
  }

  /** How many are at work now, but for `except`. */
  count(except?: string): number {
    const since = this.#now() - LINGER_MS;
    for (const [peer, { files, endedAt }] of this.#peers) {
      if (files === 0 && endedAt < since) this.#peers.delete(peer);
    }
    return this.#peers.size - (except !== undefined && this.#peers.has(except) ? 1 : 0);
  }
}
