/** One demand of the design, and whether the simulation meets it. */
export interface Target {
  what: string;
  limit: string;
  measured: string;
  met: boolean;
}

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export function targetTable(targets: readonly Target[]): string {
  return table(
    ['demand', 'limit', 'measured', 'met'],
    targets.map(({ what, limit, measured, met }) => [what, limit, measured, met ? 'yes' : '**no**']),
  );
}

/** The text with what stands between the two markers replaced. */
export function replaceSection(text: string, name: string, body: string): string {
  const [from, to] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  const section = `${from}\n\n${body.trim()}\n\n${to}`;
  if (start === -1 || end === -1) return `${text.trimEnd()}\n\n${section}\n`;
  return `${text.slice(0, start)}${section}${text.slice(end + to.length)}`;
}
