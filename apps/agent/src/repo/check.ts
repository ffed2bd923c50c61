import { type CheckSubset, parseCheckSubset } from '@breakwater/domain/check-subset';
import { Failure } from '@breakwater/domain/failure';
import { type CheckProgress, type CheckReport, checkRepository } from '@breakwater/restic-format/check';
import type { Command } from 'commander';
import { z } from 'zod';
import { ProblemPrinter } from './check-problems.ts';
import { formatBytes } from './format-quantity.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { JsonRecord, RepoOutput } from './repo-output.ts';

const subset = z.string().transform((text, context): CheckSubset => {
  const parsed = parseCheckSubset(text);
  if (parsed.ok) return parsed.subset;
  context.addIssue(`is "${text}": ${parsed.expected}`);
  return z.NEVER;
});

const checkOptions = repoAccess.extend({
  readData: z.boolean().default(false),
  readDataSubset: subset.optional(),
});
type CheckCommandOptions = z.infer<typeof checkOptions>;

const STATUS_MS = 200;

export function checkCommand(repo: Command): void {
  repoSubcommand(repo, 'check', 'look for damage')
    .option('--read-data', 'read and verify every byte')
    .option(
      '--read-data-subset <subset>',
      'read a part: n/t (always the same), or a random x% or size such as 500M',
    )
    .action((given: object) => runRepoAction(checkOptions, given, checkAction));
}

async function checkAction(
  options: CheckCommandOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { readData, readDataSubset } = options;
  if (readData && readDataSubset !== undefined) {
    throw new Failure('invalid-request', '--read-data and --read-data-subset cannot be used together');
  }
  const printer = new ProblemPrinter(output);
  let report: CheckReport;
  try {
    // The check loads the index itself: a damaged one is what it is to find.
    const access = { ...options, loadIndex: false };
    report = await withRepository(access, 'may', signal, (repository, workSignal) =>
      checkRepository(repository, {
        readData: readData || readDataSubset !== undefined,
        readDataSubset,
        signal: workSignal,
        onProblem: (problem) => printer.print(problem),
        onProgress: statusEvery(STATUS_MS, output),
      }),
    );
  } catch (error) {
    // Programs that read restic's wait for a summary.
    if (!signal.aborted)
      output.record({ ...summaryRecord(printer), num_errors: Math.max(1, printer.errors) });
    throw error;
  }
  printer.printRest();
  tellEnd(report, printer, output);
  return report.errors === 0 ? 0 : 1;
}

function tellEnd(report: CheckReport, printer: ProblemPrinter, output: RepoOutput): void {
  const looked = [
    `${report.snapshots} snapshots, ${report.blobs} blobs in ${report.packs} packs`,
    ...(report.packsRead > 0 ? [`${report.packsRead} packs read (${formatBytes(report.bytesRead)})`] : []),
  ].join(', ');
  const count = report.errors === 1 ? '1 error' : `${report.errors} errors`;
  const text = report.errors === 0 ? `No errors were found: ${looked}` : `${count}: ${looked}`;
  for (const advice of printer.advice()) output.text(advice);
  output.answer(text, {
    ...summaryRecord(printer),
    num_errors: report.errors,
    broken_packs: report.brokenPacks.length === 0 ? null : report.brokenPacks,
    hints: report.hints,
    snapshots: report.snapshots,
    packs: report.packs,
    blobs: report.blobs,
    packs_read: report.packsRead,
    bytes_read: report.bytesRead,
  });
}

/** restic's summary of a check. */
function summaryRecord(printer: ProblemPrinter): JsonRecord {
  return {
    message_type: 'summary',
    num_errors: 0,
    broken_packs: null,
    suggest_repair_index: printer.suggestsRepairIndex,
    suggest_prune: printer.suggestsPrune,
  };
}

function statusEvery(ms: number, output: RepoOutput): (progress: CheckProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    output.status(statusLine(progress), {
      message_type: 'status',
      phase: progress.phase,
      percent_done: progress.bytesTotal === 0 ? 0 : progress.bytesDone / progress.bytesTotal,
      trees_done: progress.treesDone,
      packs_done: progress.packsDone,
      total_packs: progress.packsTotal,
      bytes_done: progress.bytesDone,
      total_bytes: progress.bytesTotal,
    });
  };
}

function statusLine({
  phase,
  treesDone,
  packsDone,
  packsTotal,
  bytesDone,
  bytesTotal,
}: CheckProgress): string {
  if (phase === 'structure') return `${treesDone} folders`;
  const percent = bytesTotal === 0 ? 100 : (bytesDone / bytesTotal) * 100;
  return `${percent.toFixed(1)}%  ${packsDone} of ${packsTotal} packs  ${formatBytes(bytesDone)}`;
}
