import type { RunLock } from '@breakwater/contract/run';

/** The lock files of one run, so that the control center can remove what an agent that died leaves behind. */
export class RunLocks {
  /** By node. */
  readonly #held = new Map<string, string>();
  readonly #left: RunLock[] = [];

  /** A lock was made on this node, or refreshed: then it has another name, and the old one is gone. */
  locked(nodeId: string, name: string): void {
    this.#held.set(nodeId, name);
  }

  /** The lock on this node was removed. */
  released(nodeId: string): void {
    this.#held.delete(nodeId);
  }

  /** The lock on this node is no longer held, but its file could not be removed. */
  leftBehind(nodeId: string): void {
    const name = this.#held.get(nodeId);
    if (name !== undefined) this.#left.push({ nodeId, name });
    this.#held.delete(nodeId);
  }

  /** Lock files of this run that may be there. */
  get all(): RunLock[] {
    return [...this.#left, ...Array.from(this.#held, ([nodeId, name]) => ({ nodeId, name }))];
  }
}
