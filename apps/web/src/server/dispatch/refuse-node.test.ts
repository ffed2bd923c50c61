import { expect, it } from 'vitest';
import { type NodeFacts, refuseSource, refuseTarget } from './refuse-node.ts';

const NOW = 100_000;
const node = (more: Partial<NodeFacts> = {}): NodeFacts => ({
  lastHeartbeatAt: NOW - 1000,
  draining: false,
  health: 'ok',
  healthReason: null,
  freeBytes: 1,
  ...more,
});

it.each([
  ['a healthy node', node(), null],
  ['one that is degraded but works', node({ health: 'degraded', healthReason: 'slow disk' }), null],
  ['one never heard', node({ lastHeartbeatAt: null }), 'offline'],
  ['one silent for longer than the window', node({ lastHeartbeatAt: NOW - 15_001 }), 'offline'],
  ['one silent for exactly the window', node({ lastHeartbeatAt: NOW - 15_000 }), null],
  ['a draining one', node({ draining: true }), 'draining'],
  ['a failing one', node({ health: 'failing', healthReason: 'read-only disk' }), 'unhealthy: read-only disk'],
  ['a full one', node({ freeBytes: 0 }), 'full'],
])('target: %s', (_name, facts, refusal) => {
  expect(refuseTarget(facts, 15_000, NOW)).toBe(refusal);
});

it('reads from a node that takes nothing more', () => {
  expect(refuseSource(node({ draining: true, freeBytes: 0, health: 'failing' }), 15_000, NOW)).toBeNull();
  expect(refuseSource(node({ lastHeartbeatAt: null }), 15_000, NOW)).toBe('offline');
});
