/** What else a node's link carries while a backup would run. */
export interface NodeLoad {
  /** Other transfers that share the link: backups sent out to this node, and what it has in flight besides. */
  transfers: number;
  /** Bytes they will send before this backup is done; null when unknown, as where this one's own are. */
  bytesAhead: number | null;
  /** All that they have still to send, as far as it is known: room is needed for it too. */
  bytesPromised: number;
  /** What its link was last seen to carry, from one agent or from many together; bytes a second. */
  linkBytesPerSecond: number | null;
}

export interface Prediction {
  /** Null when it is not known how much is to be sent, or nothing comes through. */
  finishSeconds: number | null;
  /** What the backup would get of the link, bytes a second; null when never measured. */
  expectedBytesPerSecond: number | null;
}

/**
 * When a backup to this node would be done. Alone it takes bytesToSend / speed. Where the node's link is shared, it
 * is not done before the link has carried its bytes and what the others send meanwhile; a way that is slower than
 * its share anyway loses nothing.
 */
export function predictFinish(
  node: { bytesPerSecond: number | null; bytesToSend: number | null },
  load?: NodeLoad,
): Prediction {
  const { bytesPerSecond: speed, bytesToSend: bytes } = node;
  if (speed === null) return { finishSeconds: null, expectedBytesPerSecond: null };
  if (speed <= 0) return { finishSeconds: null, expectedBytesPerSecond: 0 };
  const link = Math.max(load?.linkBytesPerSecond ?? 0, speed);
  const share = Math.min(speed, link / ((load?.transfers ?? 0) + 1));
  if (bytes === null) return { finishSeconds: null, expectedBytesPerSecond: share };
  if (bytes === 0) return { finishSeconds: 0, expectedBytesPerSecond: share };
  const ahead = load === undefined ? 0 : (load.bytesAhead ?? load.transfers * bytes);
  const finishSeconds = Math.max(bytes / speed, (bytes + ahead) / link);
  return { finishSeconds, expectedBytesPerSecond: bytes / finishSeconds };
}

/** Seconds until the node's link has carried this backup and all that the others have still to send. */
export function clearAfter(node: { bytesPerSecond: number; bytesToSend: number }, load?: NodeLoad): number {
  const { bytesPerSecond: speed, bytesToSend: bytes } = node;
  const link = Math.max(load?.linkBytesPerSecond ?? 0, speed);
  const others = Math.max(load?.bytesPromised ?? 0, load?.bytesAhead ?? (load?.transfers ?? 0) * bytes);
  return Math.max(bytes / speed, (bytes + others) / link);
}
