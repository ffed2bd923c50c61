/** A transfer over a shared link. */
export interface Flow {
  /** Bytes a second that the sender's own line carries. */
  uplink: number;
  bytes: number;
}

/** Seconds until all are done that begin together, the link shared fairly among those that are not. */
export function doneAfter(flows: readonly Flow[], link: number): number {
  let left = flows.map((one) => ({ ...one })).sort((a, b) => a.uplink - b.uplink);
  let now = 0;
  while (left.length > 0) {
    const rates = fairShares(left, link);
    const step = Math.min(...left.map((flow, n) => flow.bytes / (rates[n] ?? 1)));
    now += step;
    for (const [n, flow] of left.entries()) flow.bytes -= step * (rates[n] ?? 0);
    left = left.filter((flow) => flow.bytes > 1);
  }
  return now;
}

/** What each gets, none more than its own line takes (max-min fair). `flows` by uplink, slowest first. */
function fairShares(flows: readonly Flow[], link: number): number[] {
  let left = link;
  return flows.map(({ uplink }, done) => {
    const share = Math.min(uplink, left / (flows.length - done));
    left -= share;
    return share;
  });
}
