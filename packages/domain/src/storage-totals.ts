/** What a storage node has reported of the disk its store lies on. Bytes; null when it has not. */
export interface ReportedDisk {
  /** Same for nodes on one file system; null or absent when the node does not say: its disk is its own then. */
  fileSystemId?: string | null | undefined;
  totalBytes: number | null;
  freeBytes: number | null;
  /** ISO; null when the node was never heard. */
  lastHeartbeatAt: string | null;
}

/** The size and room of all disks together, each file system once, as the node that was heard last reports it. */
export function storageTotals(nodes: readonly ReportedDisk[]): { totalBytes: number; freeBytes: number } {
  const disks = new Map<string | ReportedDisk, ReportedDisk>();
  for (const node of nodes) {
    if (node.totalBytes === null || node.freeBytes === null) continue;
    const key = node.fileSystemId ?? node;
    const known = disks.get(key);
    if (known === undefined || (node.lastHeartbeatAt ?? '') > (known.lastHeartbeatAt ?? '')) {
      disks.set(key, node);
    }
  }
  const sum = (pick: (disk: ReportedDisk) => number | null) =>
    [...disks.values()].reduce((total, disk) => total + (pick(disk) ?? 0), 0);
  return { totalBytes: sum((disk) => disk.totalBytes), freeBytes: sum((disk) => disk.freeBytes) };
}

/** Names of the other nodes whose stores lie on this one's file system. */
export function disksSharedWith<N extends { name: string; fileSystemId?: string | null | undefined }>(
  node: N,
  nodes: readonly N[],
): string[] {
  const { fileSystemId } = node;
  if (fileSystemId === null || fileSystemId === undefined) return [];
  return nodes
    .filter((one) => one.fileSystemId === fileSystemId && one.name !== node.name)
    .map((one) => one.name);
}
