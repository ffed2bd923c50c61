/** A point of a run's speed curve: network bytes a second, to which node, so many ms after the run's start. */
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

/** Points kept of a curve that grows while a page stays open. */
export const MOST_POINTS = 2000;

/**
 * The curve with one more live point. A point that is not newer than the last is a repeat and changes nothing; a
 * curve that is full loses every second point of its older half, so that its beginning is never cut off.
 */
export function appendPoint<P extends SpeedPoint>(curve: P[], point: P): P[] {
  const last = curve.at(-1);
  if (last !== undefined && point.atMs <= last.atMs) return curve;
  if (curve.length < MOST_POINTS) return [...curve, point];
  const half = Math.floor(curve.length / 2);
  return [...curve.filter((_, index) => index >= half || index % 2 === 0), point];
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

/** True when there is a curve to see: some time between its ends, and bytes that moved. */
export function hasCurve(points: readonly SpeedPoint[]): boolean {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return false;
  return points.some((point) => point.bytesPerSecond > 0);
}
