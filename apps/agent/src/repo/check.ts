import { checkRepository } from '@breakwater/restic-format/check';
import type { Command } from 'commander';
import { z } from 'zod';
import { formatBytes } from './format-quantity.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

const checkOptions = repoAccess.extend({ readData: z.boolean().default(false) });

export function checkCommand(repo: Command): void {
  repoSubcommand(repo, 'check', 'look for damage')
    .option('--read-data', 'read and verify every byte')
    .action((given: object) => runRepoAction(checkOptions, given, checkAction));
}

async function checkAction(
  options: z.infer<typeof checkOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withRepository(options, 'may', signal, async (repository, workSignal) => {
    const report = await checkRepository(repository, {
      readData: options.readData,
      signal: workSignal,
      onProgress: ({ phase, packsDone, bytesDone, bytesTotal }) => {
        if (phase === 'data') output.progress(dataProgress(packsDone, bytesDone, bytesTotal));
      },
    });
    for (const problem of report.problems) {
      output.answer(`${problem.severity}: ${problem.message}`, { type: 'problem', ...problem });
    }
    const errors = report.problems.filter((problem) => problem.severity === 'error').length;
    const looked = `${report.snapshots} snapshots, ${report.blobs} blobs in ${report.packs} packs${options.readData ? `, ${formatBytes(report.bytesRead)} read` : ''}`;
    output.answer(errors === 0 ? `No errors were found: ${looked}` : `${errors} errors: ${looked}`, {
      type: 'summary',
      errors,
      hints: report.problems.length - errors,
      snapshots: report.snapshots,
      packs: report.packs,
      blobs: report.blobs,
      bytesRead: report.bytesRead,
    });
    return errors === 0 ? 0 : 1;
  });
}

function dataProgress(
  packsDone: number,
  bytesDone: number,
  bytesTotal: number,
): Parameters<RepoOutput['progress']>[0] {
  return {
    phase: 'transferring',
    filesDone: packsDone,
    bytesDone,
    filesTotal: null,
    bytesTotal,
    bytesSent: 0,
    bytesPerSecond: 0,
    sentPerSecond: 0,
    etaSeconds: null,
    currentFile: null,
    nodeName: null,
    errors: 0,
    note: null,
  };
}
