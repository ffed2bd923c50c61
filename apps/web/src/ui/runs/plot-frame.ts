/** Where the plot lies within the chart, px: what stands under or over it keeps to the same edges. */
export const PLOT_LEFT = 76;
export const PLOT_RIGHT = 12;

export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** How far along the plot a moment is, as a CSS percentage. */
export function along(atMs: number, range: TimeRange): string {
  const share = (atMs - range.fromMs) / Math.max(1, range.toMs - range.fromMs);
  return `${Math.min(100, Math.max(0, share * 100)).toFixed(3)}%`;
}
