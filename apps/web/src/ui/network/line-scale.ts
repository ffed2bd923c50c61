/** More lines than this cannot be told apart: the drawing becomes a heat map. */
export const MOST_AGENTS_DRAWN = 12;
export const MOST_NODES_DRAWN = 8;

export type Drawing = 'lines' | 'heat-map';

export function drawingFor(agents: number, nodes: number): Drawing {
  return agents > MOST_AGENTS_DRAWN || nodes > MOST_NODES_DRAWN ? 'heat-map' : 'lines';
}

/**
 * 0…1 for a speed between the slowest and the fastest of all, on a logarithmic scale: links differ by factors.
 * One speed alone, or all alike, is 1.
 */
export function speedShare(bytesPerSecond: number, all: readonly (number | null)[]): number {
  const known = all.filter((one): one is number => one !== null && one > 0);
  if (bytesPerSecond <= 0 || known.length === 0) return 0;
  const least = Math.log(Math.min(...known));
  const most = Math.log(Math.max(...known));
  // Within a tenth of one another a difference is noise, not something to shade light and dark.
  if (most - least < Math.log(1.1)) return 1;
  return Math.min(1, Math.max(0, (Math.log(bytesPerSecond) - least) / (most - least)));
}

const WIDEST = 8;
const THINNEST = 1.25;

/**
 * Width of a line in px, as its speed is to the fastest of all: twice as fast is twice as thick. Never so thin that it
 * is lost.
 */
export function lineWidth(bytesPerSecond: number | null, all: readonly (number | null)[]): number {
  const fastest = Math.max(0, ...all.map((one) => one ?? 0));
  if (bytesPerSecond === null || bytesPerSecond <= 0 || fastest === 0) return THINNEST;
  const width = Math.min(1, bytesPerSecond / fastest) * WIDEST;
  return Math.max(THINNEST, Math.round(width * 100) / 100);
}

/** Which of five steps a heat-map cell has, 1 the slowest. */
export function heatStep(share: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, 1 + Math.floor(share * 5)) as 1 | 2 | 3 | 4 | 5;
}

/** Middle of each of `count` rows in a column `height` px high. */
export function rowCentres(count: number, height: number): number[] {
  return Array.from({ length: count }, (_, index) => ((index + 0.5) * height) / count);
}

/** A line that leaves and arrives level, as an SVG path. */
export function linkPath(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const middle = (from.x + to.x) / 2;
  const at = (value: number) => Math.round(value * 10) / 10;
  return `M${at(from.x)} ${at(from.y)}C${at(middle)} ${at(from.y)} ${at(middle)} ${at(to.y)} ${at(to.x)} ${at(to.y)}`;
}
