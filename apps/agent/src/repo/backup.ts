import { hostname } from 'node:os';
import type { Command } from 'commander';
import { backUp } from '../backup/back-up.ts';
import { findStrayPacks } from '../backup/stray-packs.ts';
import { sentenceOf } from '../remarks/say.ts';
import {
  addBackupOptions,
  type BackupOptions,
  backupOptions,
  refuseCombinations,
  withVariables,
} from './backup-options.ts';
import { reportExcluded, reportItem, reportSummary } from './backup-report.ts';
import { collectRules, collectSources } from './backup-sources.ts';
import { refuseUnknownPacks } from './distrust-option.ts';
import { formatBytes } from './format-quantity.ts';
import { tellLockLost, withRepository } from './open-repository.ts';
import { type ExitCode, repoSubcommand, runRepoAction } from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';

export function backupCommand(repo: Command): void {
  const command = repoSubcommand(repo, 'backup [paths...]', 'make a snapshot of files and folders');
  addBackupOptions(command);
  command.action((paths: string[], given: object) =>
    runRepoAction(backupOptions, { ...withVariables(given), paths }, backupAction),
  );
}

async function backupAction(
  options: BackupOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  refuseCombinations(options);
  const warn = (message: string): void => output.problem(message, { message_type: 'warning', message });
  const sources = await collectSources(options, warn);
  const rules = await collectRules(options);
  const { dryRun } = options;
  const { verbosity } = output;
  // What is read from an input is gone: only files can be backed up once more.
  const onLockLost = sources.stream === undefined ? tellLockLost(output) : undefined;
  return await withRepository(
    { ...options, onLockLost },
    dryRun ? 'dry-run' : 'must',
    signal,
    async (repository, workSignal) => {
      refuseUnknownPacks(repository, options.distrustPack);
      // What lies in them counts as missing, and so is stored again.
      for (const packId of options.distrustPack) repository.index.markAbsent(packId);
      const result = await backUp({
        repository,
        adopt: await findStrayPacks(repository, workSignal),
        ...sources,
        excludes: options.exclude,
        rules,
        hostname: options.host ?? hostname(),
        tags: options.tag,
        changes: { ignoreInode: options.ignoreInode, ignoreCtime: options.ignoreCtime },
        force: options.force,
        withAtime: options.withAtime,
        noScan: !options.scan,
        skipIfUnchanged: options.skipIfUnchanged,
        dryRun,
        signal: workSignal,
        ...definedOnly(options),
        onProgress: (progress) => output.progress(progress),
        onIssue: (issue) => output.issue(issue),
        onWarning: (said) => warn(sentenceOf(said)),
        ...(verbosity >= 2 && {
          onItem: (item) => reportItem(item, output),
          onExcluded: (path) => reportExcluded(path, output),
        }),
        onKept: ({ packs, bytes }) =>
          output.note(
            `${formatBytes(bytes)} in ${packs} ${packs === 1 ? 'pack is' : 'packs are'} stored already; the next backup does not send that again`,
          ),
        onParent: (parentId) => {
          if (verbosity < 0 || sources.stream !== undefined) return;
          output.text(
            parentId === null
              ? 'no parent snapshot found, will read all files'
              : `using parent snapshot ${parentId.slice(0, 8)}`,
          );
        },
        ...(verbosity >= 1 && {
          onScanned: ({ files, bytes, seconds }) => {
            output.text(`scan finished in ${seconds.toFixed(3)}s: ${files} files, ${formatBytes(bytes)}`);
            if (verbosity < 2) return;
            output.record({
              ...{ message_type: 'verbose_status', action: 'scan_finished', item: '' },
              ...{ duration: seconds, data_size: bytes, total_files: files },
            });
          },
        }),
      });
      reportSummary(result, dryRun, output);
      return result.issueCount > 0 ? 3 : 0;
    },
  );
}

/** Options that have no default here. */
function definedOnly({ time, parent, groupBy, readConcurrency, uploads, description }: BackupOptions) {
  return {
    ...(time !== undefined && { time }),
    ...(parent !== undefined && { parent }),
    ...(groupBy !== undefined && { groupBy }),
    ...(readConcurrency !== undefined && { readConcurrency }),
    ...(uploads !== undefined && { uploads }),
    ...(description !== undefined && { description }),
  };
}
