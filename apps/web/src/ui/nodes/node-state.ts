import type { StorageNode } from '@breakwater/contract/resources';
import { storageTotals } from '@breakwater/domain/storage-totals';

export type NodeState = 'ok' | 'draining' | 'degraded' | 'failing' | 'offline' | 'unknown';

/** One word for a node: what is worst about it; that it is being drained only when nothing is. */
export function nodeState(node: Pick<StorageNode, 'online' | 'health' | 'draining'>): NodeState {
  if (!node.online) return 'offline';
  if (node.health === 'failing' || node.health === 'degraded') return node.health;
  if (node.draining) return 'draining';
  return node.health;
}

/** Used part of the disk, 0…1; null when the node has not said. */
export function usedShare(node: Pick<StorageNode, 'totalBytes' | 'freeBytes'>): number | null {
  if (node.totalBytes === null || node.freeBytes === null || node.totalBytes === 0) return null;
  return Math.min(1, Math.max(0, 1 - node.freeBytes / node.totalBytes));
}

/** Disks of all nodes together, of those that have said, each once however many nodes are on it. */
export function allStorage(nodes: readonly StorageNode[]) {
  const told = nodes.filter((node) => usedShare(node) !== null);
  const { totalBytes, freeBytes } = storageTotals(told);
  return {
    totalBytes,
    freeBytes,
    usedBytes: totalBytes - freeBytes,
    backupBytes: nodes.reduce((sum, node) => sum + node.usedByCopiesBytes, 0),
    online: nodes.filter((node) => node.online).length,
    accepting: nodes.filter((node) => node.online && !node.draining && node.health !== 'failing').length,
    transfers: nodes.reduce((sum, node) => sum + node.transfersInFlight, 0),
  };
}
