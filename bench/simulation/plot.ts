/** Bars of one group, such as one kind of links. */
export interface BarGroup {
  title: string;
  bars: { label: string; value: number }[];
}

const BAR = 18;
const GAP = 26;
const LABEL = 130;
const WIDTH = 620;
const COLOURS = ['#0f766e', '#b45309', '#64748b', '#94a3b8', '#cbd5e1', '#111827'];

/** Horizontal bars on a logarithmic scale from 1, as an SVG. `unit` is said of the values in the heading. */
export function plotBars(heading: string, groups: readonly BarGroup[]): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const floor = 0.9;
  const x = (value: number): number =>
    (Math.log(Math.max(floor, value) / floor) / Math.log(most / floor)) * (WIDTH - LABEL - 60);
  const parts: string[] = [text(12, 24, heading, 'font-weight="600"')];
  let y = 48;
  for (const { title, bars } of groups) {
    parts.push(text(12, y + 4, title, 'font-weight="600"'));
    y += 14;
    for (const [n, { label, value }] of bars.entries()) {
      const width = Math.max(1, x(value)).toFixed(1);
      parts.push(text(12, y + 13, label));
      parts.push(
        `<rect x="${LABEL}" y="${y + 2}" width="${width}" height="${BAR - 4}" fill="${COLOURS[n % COLOURS.length]}"/>`,
      );
      parts.push(text(LABEL + Number(width) + 6, y + 13, value.toFixed(2)));
      y += BAR;
    }
    y += GAP;
  }
  const one = LABEL + x(1);
  const rule = `<line x1="${one.toFixed(1)}" y1="40" x2="${one.toFixed(1)}" y2="${y - GAP}" stroke="#dc2626" stroke-dasharray="3 3"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="12" fill="#111827">`,
    `<title>${escaped(heading)}</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...parts,
    rule,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
