import { RUN_TOKEN_SECONDS, type Verb } from '@breakwater/contract/storage-token';
import type { TokenGrant } from './storage-token.ts';

/**
 * What an agent may do on a node, by what it was sent to do. Nobody's run may overwrite or add keys; only what
 * maintenance agents are sent to remove with may delete.
 */
const verbsOf = {
  backup: ['read', 'append', 'lock', 'probe'],
  restore: ['read', 'lock'],
  check: ['read', 'lock'],
  forget: ['read', 'lock', 'delete'],
  prune: ['read', 'append', 'lock', 'delete'],
  /** At the source, for the node that fetches. */
  replicate: ['read'],
} as const satisfies Record<string, readonly Verb[]>;

/** Long enough that an agent which loses us for a while can go on probing, short enough to forget. */
export const PROBE_TOKEN_SECONDS = 2 * 3600;

export interface RunOfTokens {
  runId: string;
  attempt: number;
  agentId: string;
  repositoryId: string;
  kind: keyof typeof verbsOf;
}

export const runTokenName = (runId: string, attempt: number, nodeId: string) =>
  `run.${runId}.${attempt}.${nodeId}`;
export const probeTokenName = (agentId: string, nodeId: string) => `probe.${agentId}.${nodeId}`;

/** The token of one run for one node. A renewal has the same name and a later end. */
export function runGrant(run: RunOfTokens, nodeId: string): TokenGrant {
  return {
    jti: runTokenName(run.runId, run.attempt, nodeId),
    subject: `agent/${run.agentId}`,
    nodeId,
    repositoryId: run.repositoryId,
    verbs: verbsOf[run.kind],
    seconds: RUN_TOKEN_SECONDS,
  };
}

export function probeGrant(agentId: string, nodeId: string): TokenGrant {
  return {
    jti: probeTokenName(agentId, nodeId),
    subject: `agent/${agentId}`,
    nodeId,
    repositoryId: null,
    verbs: ['probe'],
    seconds: PROBE_TOKEN_SECONDS,
  };
}
