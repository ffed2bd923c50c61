/** A point of a run's speed curve: network or source bytes a second at a moment, and to which node. */
export interface SpeedPoint {
  atMs: number;
  bytesPerSecond: number;
  nodeName: string | null;
}

/** How long one node was the target. `nodeName` null: nothing was being sent anywhere. */
export interface NodeBand {
  nodeName: string | null;
  fromMs: number;
  toMs: number;
}

/** Points kept while a page stays open; older ones are thinned to every second one. */
export const MAX_POINTS = 4000;

/** The stored curve and the live points since, oldest first, each moment once (the stored one wins). */
export function mergeCurves(stored: readonly SpeedPoint[], live: readonly SpeedPoint[]): SpeedPoint[] {
  const byTime = new Map<number, SpeedPoint>();
  for (const point of live) byTime.set(point.atMs, point);
  for (const point of stored) byTime.set(point.atMs, point);
  return [...byTime.values()].sort((a, b) => a.atMs - b.atMs);
}

/** The curve with one more live point. A point that is not newer than the last is a repeat and changes nothing. */
export function appendPoint(curve: readonly SpeedPoint[], point: SpeedPoint): readonly SpeedPoint[] {
  const last = curve.at(-1);
  if (last !== undefined && point.atMs <= last.atMs) return curve;
  const kept = curve.length < MAX_POINTS ? curve : thinOlderHalf(curve);
  return [...kept, point];
}

function thinOlderHalf(curve: readonly SpeedPoint[]): SpeedPoint[] {
  const half = Math.floor(curve.length / 2);
  return curve.filter((_, index) => index >= half || index % 2 === 0);
}

/** The stretches with one target. Where two differ, the seam lies at the first point of the later one. */
export function nodeBands(points: readonly SpeedPoint[]): NodeBand[] {
  const bands: NodeBand[] = [];
  for (const point of points) {
    const last = bands.at(-1);
    if (last !== undefined) last.toMs = point.atMs;
    if (last?.nodeName !== point.nodeName) {
      bands.push({ nodeName: point.nodeName, fromMs: point.atMs, toMs: point.atMs });
    }
  }
  return bands;
}

/** A change of target from one named node to another, whatever idle stretch lay between. */
export interface Seam {
  atMs: number;
  from: string;
  to: string;
}

export function seams(bands: readonly NodeBand[]): Seam[] {
  const found: Seam[] = [];
  let before: string | null = null;
  for (const band of bands) {
    if (band.nodeName === null) continue;
    if (before !== null && before !== band.nodeName) {
      found.push({ atMs: band.fromMs, from: before, to: band.nodeName });
    }
    before = band.nodeName;
  }
  return found;
}

/**
 * The curve as uPlot wants it: seconds and bytes a second, with a null wherever nothing was heard for so long
 * that a straight line would be a guess.
 */
export function plotSeries(points: readonly SpeedPoint[]): { seconds: number[]; speeds: (number | null)[] } {
  const seconds: number[] = [];
  const speeds: (number | null)[] = [];
  const gap = gapMs(points);
  let before: SpeedPoint | undefined;
  for (const point of points) {
    if (before !== undefined && point.atMs - before.atMs > gap) {
      seconds.push((before.atMs + 1) / 1000);
      speeds.push(null);
    }
    seconds.push(point.atMs / 1000);
    speeds.push(point.bytesPerSecond);
    before = point;
  }
  return { seconds, speeds };
}

/** Stored curves are thinned, so what counts as a gap depends on the usual distance of their points. */
function gapMs(points: readonly SpeedPoint[]): number {
  const steps: number[] = [];
  for (let i = 1; i < points.length; i += 1) {
    steps.push((points[i]?.atMs ?? 0) - (points[i - 1]?.atMs ?? 0));
  }
  steps.sort((a, b) => a - b);
  const usual = steps[Math.floor((steps.length - 1) / 2)] ?? 0;
  return Math.max(5000, usual * 4);
}
