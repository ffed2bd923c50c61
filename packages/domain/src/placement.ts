/** Where a backup goes: ranks storage nodes by when they would finish. */
export type Strategy = 'finish-first' | 'fastest' | 'pinned';

export interface Candidate {
  nodeId: string;
  nodeName: string;
  /** SMA; null when never measured. */
  bytesPerSecond: number | null;
  /** What this node's copy still lacks; null when unknown. */
  bytesToSend: number | null;
  freeBytes: number | null;
  /** From the control center: `offline`, `draining`, …; null when it may be used. */
  refusal: string | null;
}

export interface Ranked {
  nodeId: string;
  nodeName: string;
  bytesPerSecond: number | null;
  bytesToSend: number | null;
  finishSeconds: number | null;
  verdict: 'chosen' | 'eligible' | 'refused';
  reason: string;
}

export type PlacementDecision =
  | { ok: true; chosen: { nodeId: string; nodeName: string }; strategy: Strategy; ranking: Ranked[] }
  | { ok: false; reason: string; ranking: Ranked[] };

/**
 * Ranks the candidates, best first, refused ones last. `finish-first`: least bytesToSend / speed, where an
 * unknown bytesToSend counts as equal for all, which makes it the patent's rule (fastest first). `fastest`:
 * highest SMA. `pinned`: that node or none. Ties go to the higher speed, then to the name.
 */
export function rankNodes(
  candidates: readonly Candidate[],
  options: { strategy: Strategy; pinnedNodeId: string | null },
): PlacementDecision {
  // When not every candidate's lack is known, they cannot be compared by it: treat all alike.
  const known = candidates.filter((c) => refusalOf(c, options) === null);
  const comparable = known.every((c) => c.bytesToSend !== null);
  const ranked = candidates.map((c) => ({
    candidate: c,
    refusal: refusalOf(c, options),
    finish: finishOf(c),
  }));
  ranked.sort((a, b) => {
    if ((a.refusal === null) !== (b.refusal === null)) return a.refusal === null ? -1 : 1;
    if (options.strategy === 'finish-first' && comparable) {
      const byFinish = (a.finish ?? Number.POSITIVE_INFINITY) - (b.finish ?? Number.POSITIVE_INFINITY);
      if (byFinish !== 0 && !Number.isNaN(byFinish)) return byFinish;
    }
    const bySpeed = (b.candidate.bytesPerSecond ?? -1) - (a.candidate.bytesPerSecond ?? -1);
    return bySpeed !== 0 ? bySpeed : compareText(a.candidate.nodeName, b.candidate.nodeName);
  });
  const best = ranked[0];
  const ranking = ranked.map(
    ({ candidate, refusal, finish }, place): Ranked => ({
      nodeId: candidate.nodeId,
      nodeName: candidate.nodeName,
      bytesPerSecond: candidate.bytesPerSecond,
      bytesToSend: candidate.bytesToSend,
      finishSeconds: finish,
      verdict: refusal !== null ? 'refused' : place === 0 ? 'chosen' : 'eligible',
      reason: refusal ?? explain(candidate, comparable ? finish : null, place, options.strategy),
    }),
  );
  if (best === undefined) return { ok: false, reason: 'no storage node is enrolled', ranking };
  if (best.refusal !== null) {
    const words = ranking.map((one) => `${one.nodeName}: ${one.reason}`).join('; ');
    return { ok: false, reason: `no storage node can take this backup (${words})`, ranking };
  }
  const { nodeId, nodeName } = best.candidate;
  return { ok: true, chosen: { nodeId, nodeName }, strategy: options.strategy, ranking };
}

function refusalOf(
  c: Candidate,
  options: { strategy: Strategy; pinnedNodeId: string | null },
): string | null {
  if (c.refusal !== null) return c.refusal;
  if (options.strategy === 'pinned' && c.nodeId !== options.pinnedNodeId) return 'another node is pinned';
  if (c.freeBytes !== null && c.freeBytes < (c.bytesToSend ?? 1)) return 'full';
  // Who pins a node takes it at whatever speed it has.
  if (options.strategy === 'pinned') return null;
  if (c.bytesPerSecond === null) return 'speed unknown';
  if (c.bytesPerSecond <= 0) return 'no data comes through';
  return null;
}

function finishOf(c: Candidate): number | null {
  if (c.bytesPerSecond === null || c.bytesPerSecond <= 0 || c.bytesToSend === null) return null;
  return c.bytesToSend / c.bytesPerSecond;
}

function explain(c: Candidate, finish: number | null, place: number, strategy: Strategy): string {
  const speed = c.bytesPerSecond === null ? 'speed unknown' : `${size(c.bytesPerSecond)}/s`;
  if (strategy === 'pinned') return `pinned by the task, ${speed}`;
  if (strategy === 'fastest' || finish === null) {
    return place === 0 ? `fastest at ${speed}` : `slower, at ${speed}`;
  }
  const facts = `${speed}, ${size(c.bytesToSend ?? 0)} to send, done in ${seconds(finish)}`;
  return place === 0 ? `finishes first: ${facts}` : `would finish later: ${facts}`;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

function seconds(value: number): string {
  if (value < 1) return 'under 1 s';
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${Math.round(value / 3600)} h`;
}
