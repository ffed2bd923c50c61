/** What decided, of a candidate that was not refused. */
export type Because =
  /** Chosen. `usual`: no other would be done sooner by the margin. */
  | 'finishes-first'
  | 'usual'
  /** Another would be done a little sooner, but more waits for its link. */
  | 'least-crowded'
  | 'fastest'
  | 'pinned'
  /** No node's speed is known: taken, or left, without. */
  | 'unmeasured'
  /** Not chosen. The first four are at least as fast as the chosen node, or would be done sooner. */
  | 'lacks-more'
  | 'shared'
  | 'within-margin'
  | 'crowded'
  | 'finishes-later'
  | 'slower';

interface Figures {
  bytesPerSecond: number | null;
  bytesToSend: number | null;
  finishSeconds: number | null;
  expectedBytesPerSecond: number | null;
  transfers: number;
  because: Because | null;
}

/** Why a candidate stands where it does, for logs and the API: "84 MB/s, 1.2 GB to send, done in 14 s: chosen". */
export function rankReason(one: Figures): string {
  const speed = one.bytesPerSecond === null ? 'speed unknown' : `${size(one.bytesPerSecond)}/s`;
  const send = one.bytesToSend === null ? '' : `, ${size(one.bytesToSend)} to send`;
  const done = one.finishSeconds === null ? '' : `, done in ${seconds(one.finishSeconds)}`;
  const others = `${one.transfers} other ${one.transfers === 1 ? 'transfer' : 'transfers'}`;
  const isShared =
    one.bytesPerSecond !== null && (one.expectedBytesPerSecond ?? 0) < one.bytesPerSecond * 0.99;
  const shared = isShared && one.transfers > 0 ? ` shared with ${others}` : '';
  const facts = `${speed}${shared}${send}${done}`;
  switch (one.because) {
    case 'finishes-first':
    case 'fastest':
      return `${facts}: chosen`;
    case 'least-crowded':
      return `${facts}: chosen, with the least waiting for its link`;
    case 'crowded':
      return `${facts}: but more waits for its link`;
    case 'usual':
      return `${facts}: chosen, the usual node`;
    case 'pinned':
      return `${facts}: named by the task`;
    case 'unmeasured':
      return `speed unknown, as everywhere${send}`;
    case 'lacks-more':
      return `faster (${speed}), but lacks ${size(one.bytesToSend ?? 0)}${done}`;
    case 'shared':
      return `faster (${speed}), but shared with ${others}${done}`;
    case 'within-margin':
      return `${facts}: not enough sooner to leave the usual node`;
    case 'finishes-later':
      return `${facts}: later`;
    default:
      return `${facts}: slower`;
  }
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 9.95 || unit === 0 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

function seconds(value: number): string {
  if (value < 1) return 'under 1 s';
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${Math.round(value / 3600)} h`;
}
