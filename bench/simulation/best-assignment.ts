import { doneAfter, type Flow } from './fair-link.ts';

const MOST_MOVES = 300;

/**
 * When the slowest is done under the best assignment that a search finds, which knows everything: the largest first,
 * each to where it is done first, then moves away from the last node for as long as they help. Seconds.
 */
export function bestAssignment(links: readonly number[], flows: readonly Flow[]): number {
  const on: Flow[][] = links.map(() => []);
  const ends = links.map(() => 0);
  for (const flow of flows.toSorted((a, b) => b.bytes - a.bytes)) {
    const would = links.map((link, n) => doneAfter([...(on[n] ?? []), flow], link));
    const node = would.indexOf(Math.min(...would));
    on[node]?.push(flow);
    ends[node] = would[node] ?? 0;
  }
  for (let moves = 0; moves < MOST_MOVES; moves += 1) if (!improve(links, on, ends)) break;
  return Math.max(...ends);
}

/** Moves one transfer away from the node that is done last; false when none helps. */
function improve(links: readonly number[], on: Flow[][], ends: number[]): boolean {
  const last = ends.indexOf(Math.max(...ends));
  const there = on[last] ?? [];
  for (const flow of there) {
    const rest = there.filter((one) => one !== flow);
    const restEnds = doneAfter(rest, links[last] ?? 0);
    for (const [node, link] of links.entries()) {
      if (node === last) continue;
      const grown = [...(on[node] ?? []), flow];
      const grownEnds = doneAfter(grown, link);
      if (Math.max(restEnds, grownEnds) >= (ends[last] ?? 0) * 0.9999) continue;
      on[last] = rest;
      on[node] = grown;
      ends[last] = restEnds;
      ends[node] = grownEnds;
      return true;
    }
  }
  return false;
}
