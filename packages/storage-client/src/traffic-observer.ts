/** Told what goes over the wire, so that a transfer can be measured while it happens. Calls must be cheap. */
export interface TrafficObserver {
  /** A request with a body begins, or has ended in whatever way. Calls are balanced. */
  uploadBegan(): void;
  uploadEnded(): void;
  /**
   * `bytes` of a body were handed to the operating system. `full`: the socket did not take them at once, so the
   * network, not the sender, set the pace.
   */
  sent(bytes: number, full: boolean): void;
  /** A body on its way waited for so long, ms, because a limit held it back. */
  heldBack?(ms: number): void;
  /** Bytes of an answer's body arrived. */
  received(bytes: number): void;
}
