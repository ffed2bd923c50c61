/** When a node is due for its next probe. Times in epoch milliseconds. */
export interface ProbeDue {
  nodeId: string;
  dueAt: number;
}

export type NextProbe =
  | { kind: 'probe'; nodeId: string }
  | { kind: 'wait'; untilMs: number }
  | { kind: 'none' };

/** Which node to probe now: any of those that are due, by lot, so that agents do not queue up at the same node. */
export function nextProbe(nodes: readonly ProbeDue[], now: number, random: number): NextProbe {
  const due = nodes.filter((node) => node.dueAt <= now);
  const chosen = due[Math.min(due.length - 1, Math.floor(random * due.length))];
  if (chosen !== undefined) return { kind: 'probe', nodeId: chosen.nodeId };
  if (nodes.length === 0) return { kind: 'none' };
  return { kind: 'wait', untilMs: Math.min(...nodes.map((node) => node.dueAt)) };
}

export type ProbeResult = { kind: 'sample' } | { kind: 'later'; retryAfterMs: number } | { kind: 'failed' };

export interface ProbePace {
  intervalMs: number;
  /** Samples that a window holds. */
  window: number;
}

/** Until its window is full, a new node is probed this often. */
export const FILLING_MS = 300;

/** The interval, ±25 % so that agents started together do not stay together. */
export function jittered(intervalMs: number, random: number): number {
  return intervalMs * (0.75 + random / 2);
}

/**
 * When to probe a node again. `samples`: how many its window has now; `random` is in [0, 1). A filling window is
 * filled quickly; otherwise the interval, with jitter.
 */
export function dueAfter(
  result: ProbeResult,
  samples: number,
  pace: ProbePace,
  now: number,
  random: number,
): number {
  const regular = now + jittered(pace.intervalMs, random);
  if (result.kind === 'sample') return samples < pace.window ? now + FILLING_MS : regular;
  if (result.kind === 'failed') return regular;
  // Never sooner than asked; spread, as others were told the same. Who knows the node's speed leaves the turn to
  // those who do not.
  const asked = now + result.retryAfterMs * (1 + random / 4);
  return samples < pace.window ? asked : Math.max(asked, regular);
}

/** When a node that was just told of is first due: at once, unless its window is full and fresh. */
export function firstDue(
  window: { samples: number; newestAt: number | null },
  pace: ProbePace,
  now: number,
  random: number,
): number {
  if (window.newestAt === null || window.samples < pace.window) return now;
  return Math.max(now, Math.min(window.newestAt, now) + jittered(pace.intervalMs, random));
}
