import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type SetName, setDescriptions } from './data-sets.ts';
import { median } from './measured.ts';
import type { BenchOptions } from './options.ts';
import { type JobName, jobTitles, type Peer } from './peers.ts';

export interface Outcome {
  set: SetName;
  job: JobName;
  peer: string;
  /** One figure a round. */
  wallSeconds: number[];
  cpuSeconds: number[];
  peakBytes: number[];
  /** Of the repository when the job was done. */
  repositoryBytes: number[];
}

export interface Report {
  command: string;
  rounds: number;
  scale: number;
  through: BenchOptions['through'];
  processor: string;
  processors: number;
  peers: { name: string; version: string }[];
  outcomes: Outcome[];
}

export function newReport(
  command: string,
  { rounds, scale, through }: BenchOptions,
  peers: readonly Peer[],
): Report {
  return {
    command,
    rounds,
    scale,
    through,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    peers: peers.map(({ name, version }) => ({ name, version })),
    outcomes: [],
  };
}

const OURS = 'breakwater';
/** Ratios are to this one where it was there. */
const JUDGE = 'restic';

function seconds(values: readonly number[]): string {
  return median(values).toFixed(2);
}

function mebibytes(values: readonly number[]): string {
  return (median(values) / 1024 / 1024).toFixed(0);
}

/** Medians, and ours divided by restic's. */
export function asTable({ outcomes }: Report): string {
  const lines = [
    '| set | job | program | wall s | CPU s | peak MiB | repository MiB | wall × | CPU × | size × |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const one of outcomes) {
    const judge = outcomes.find(({ set, job, peer }) => set === one.set && job === one.job && peer === JUDGE);
    const ratio = (of: (outcome: Outcome) => number[]): string =>
      one.peer !== OURS || judge === undefined ? '' : (median(of(one)) / median(of(judge))).toFixed(2);
    const cells = [
      one.set,
      jobTitles[one.job],
      one.peer,
      seconds(one.wallSeconds),
      seconds(one.cpuSeconds),
      mebibytes(one.peakBytes),
      mebibytes(one.repositoryBytes),
      ratio(({ wallSeconds }) => wallSeconds),
      ratio(({ cpuSeconds }) => cpuSeconds),
      ratio(({ repositoryBytes }) => repositoryBytes),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

const WAYS = {
  folder: '',
  node: ', through a storage node over HTTP on the same machine (its CPU is not counted, but it takes from the cores)',
};

function asSection(report: Report): string {
  const peers = report.peers.map(({ name, version }) => `${name} (${version})`).join(', ');
  const sets = [...new Set(report.outcomes.map(({ set }) => set))].map(
    (set) => `${set}: ${setDescriptions[set]}`,
  );
  const scale = report.scale === 1 ? '' : `, at ${report.scale} of the full size`;
  return [
    `${peers} on ${report.processors} cores (${report.processor}), tmpfs${WAYS[report.through]}; medians of ${report.rounds} rounds, the programs in turn within each job${scale}. The sets: ${sets.join('; ')}. CPU is user and system time of the whole process tree, peak that of its largest process; × is breakwater divided by restic. Measured with \`${report.command}\`.`,
    '',
    asTable(report),
  ].join('\n');
}

/** Puts `text` under `heading` (a `## ` line) in a Markdown file, in place of what was there; at the end when new. */
export function replaceSection(path: URL, heading: string, text: string): void {
  const before = readFileSync(path, 'utf8');
  const section = `${heading}\n\n${text}\n`;
  const start = before.indexOf(`${heading}\n`);
  if (start < 0) {
    writeFileSync(path, `${before.trimEnd()}\n\n${section}`);
    return;
  }
  const next = before.indexOf('\n## ', start);
  writeFileSync(path, before.slice(0, start) + section + (next < 0 ? '' : before.slice(next)));
}

export function saveReport(report: Report): void {
  const [file, heading] =
    report.through === 'folder'
      ? ['engine-results.json', '## The repository engine (`npm run bench`)']
      : [
          'engine-through-node-results.json',
          '## The repository engine through a storage node (`npm run bench -- --through node`)',
        ];
  writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(report, undefined, 2)}\n`);
  replaceSection(new URL('../RESULTS.md', import.meta.url), heading, asSection(report));
}
