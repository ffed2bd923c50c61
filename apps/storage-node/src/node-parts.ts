import type { Logger } from '@breakwater/process/logger';
import type { NodeHealth } from './node-health.ts';
import type { NodeMetrics } from './node-metrics.ts';
import type { LinkPeak } from './link-peak.ts';
import type { NodeLine } from './node-line.ts';
import type { PeersAtWork } from './peers-at-work.ts';
import type { ProbeGate } from './probe/probe-gate.ts';
import type { RepositoryStore } from './store/repository-store.ts';
import type { TokenVerifier } from './tokens/token-verifier.ts';

/** What the routes of one running node work with. */
export interface NodeParts {
  store: RepositoryStore;
  verifier: TokenVerifier;
  probeGate: ProbeGate;
  peers: PeersAtWork;
  linkPeak: LinkPeak;
  line: NodeLine;
  metrics: NodeMetrics;
  health: NodeHealth;
  logger: Logger;
}
