export interface NodeFacts {
  /** Epoch ms; null when it was never heard. */
  lastHeartbeatAt: number | null;
  draining: boolean;
  health: string;
  healthReason: string | null;
  freeBytes: number | null;
}

/** Why a node may not be the target of a backup; null when it may. */
export function refuseTarget(node: NodeFacts, windowMs: number, now: number): string | null {
  if (!isReachable(node, windowMs, now)) return 'offline';
  if (node.draining) return 'draining';
  if (node.health === 'failing') {
    return node.healthReason === null ? 'unhealthy' : `unhealthy: ${node.healthReason}`;
  }
  if (node.freeBytes !== null && node.freeBytes <= 0) return 'full';
  return null;
}

/** Why nothing can be read from a node; a draining or full one gives what it has. */
export function refuseSource(node: NodeFacts, windowMs: number, now: number): string | null {
  return isReachable(node, windowMs, now) ? null : 'offline';
}

function isReachable(node: NodeFacts, windowMs: number, now: number): boolean {
  return node.lastHeartbeatAt !== null && now - node.lastHeartbeatAt <= windowMs;
}
