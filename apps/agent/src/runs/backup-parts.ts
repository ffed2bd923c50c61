import type { BackupOrder, RunReport } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import type { RunProgress, RunStats } from '@breakwater/contract/run';
import { type CommandResult, commandLabel, type NamedCommand } from '@breakwater/contract/source-commands';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { formatGoTime } from '@breakwater/restic-format/go-time';
import { type BackUpOptions, type BackUpResult, backUp } from '../backup/back-up.ts';
import { backUpCommand } from '../commands/back-up-command.ts';
import type { AllowList } from '../commands/allow-list.ts';
import type { RunContext, RunOutcome } from './run-context.ts';

type Part = { command: NamedCommand } | { command: null };
type Surroundings = Pick<
  BackUpOptions,
  'repository' | 'adopt' | 'onPackStored' | 'onPacksIndexed' | 'signal'
>;
type ReportedSnapshot = NonNullable<RunOutcome['snapshot']>;

/** Failures of the paths that are not the repository's: what commands gave is kept. */
const PATHS_AT_FAULT: readonly string[] = ['path-not-found', 'path-unreadable', 'source-changed'];

/**
 * What one backup has to do, part by part: each command, then the paths, so that files which a database names are
 * younger than its dump. Each part is a snapshot of its own; one that is done stays done when the run goes on with
 * another node, and one that fails does not keep the others from being made.
 */
export class BackupParts {
  readonly #context: RunContext;
  readonly #order: BackupOrder;
  readonly #list: () => AllowList;
  readonly #left: Part[];
  readonly #made: { nodeId: string; command: string | null; result: BackUpResult }[] = [];
  readonly #failed: string[] = [];
  #firstFailure: Failure | null = null;
  #pathsFailure: Failure | null = null;
  /** Of parts that are done. */
  #files = 0;
  #bytes = 0;

  constructor(context: RunContext, order: BackupOrder, list: () => AllowList) {
    this.#context = context;
    this.#order = order;
    this.#list = list;
    this.#left = order.commands.map((command) => ({ command }));
    if (order.paths.length > 0 || order.commands.length === 0) this.#left.push({ command: null });
  }

  get snapshotIds(): string[] {
    return this.#made.flatMap(({ result }) => result.snapshotId ?? []);
  }

  /** Does what is left, in this repository. Throws what another node may be spared. */
  async backUpTo(nodeId: string, surroundings: Surroundings): Promise<void> {
    // What was found there is taken over by the first part, whatever becomes of it.
    let { adopt, ...rest } = surroundings;
    for (let part = this.#left[0]; part !== undefined; part = this.#left[0]) {
      const options = { ...rest, ...(adopt !== undefined && { adopt }), ...this.#common() };
      adopt = undefined;
      if (part.command === null) await this.#backUpPaths(nodeId, options);
      else await this.#backUpCommand(nodeId, part.command, options);
      this.#left.shift();
    }
  }

  /** How the run ended, when all parts are done. Throws when there is no snapshot at all. */
  outcome(nodeId: string): RunOutcome {
    const [paths] = this.#made.filter(({ command }) => command === null);
    if (this.#order.commands.length === 0) {
      if (paths !== undefined) return outcomeOfPaths(nodeId, paths.result);
      throw this.#pathsFailure;
    }
    const failed = [...this.#failed, ...(this.#pathsFailure === null ? [] : ['the paths'])];
    const issueCount = paths?.result.issueCount ?? 0;
    const reasons = [
      ...(this.#firstFailure === null ? [] : [this.#firstFailure.message]),
      ...(this.#pathsFailure === null ? [] : [this.#pathsFailure.message]),
      ...(issueCount === 0 ? [] : [unread(issueCount)]),
    ];
    const stats = sumOf(this.#made.map(({ result }) => result.stats));
    if (this.#made.length === 0) {
      throw this.#firstFailure ?? this.#pathsFailure;
    }
    return {
      outcome: failed.length + issueCount > 0 ? 'partial' : 'succeeded',
      reason: reasons.length === 0 ? null : reasons.join('; ').slice(0, 4000),
      failure: null,
      nodeId: this.#made.at(-1)?.nodeId ?? nodeId,
      snapshotId: paths?.result.snapshotId ?? this.snapshotIds[0] ?? null,
      // Each was reported when it was made.
      snapshot: null,
      stats,
      issues: paths?.result.issues ?? [],
      issueCount,
    };
  }

  #common() {
    const { hostname, tags } = this.#order;
    return {
      hostname,
      tags,
      onWarning: (said: Remark | string) => this.#context.note('warn', said),
      onProgress: (work: RunProgress) => this.#context.progress.update(this.#addUp(work)),
    };
  }

  async #backUpPaths(nodeId: string, options: Omit<BackUpOptions, 'paths' | 'excludes'>): Promise<void> {
    const { paths, excludes, commands } = this.#order;
    try {
      const result = await backUp({ ...options, paths, excludes });
      this.#keep(nodeId, null, result);
    } catch (error) {
      const failure = asFailure(error);
      if (options.signal.aborted || commands.length === 0 || !PATHS_AT_FAULT.includes(failure.code))
        throw error;
      this.#pathsFailure = failure;
      this.#context.note('error', failure.message);
    }
  }

  async #backUpCommand(
    nodeId: string,
    command: NamedCommand,
    options: Omit<BackUpOptions, 'paths' | 'excludes'>,
  ): Promise<void> {
    const done = await backUpCommand(command, this.#list, options, (result) => this.#tell(result));
    if (done.ok) this.#keep(nodeId, commandLabel(command), done.made);
    else {
      this.#failed.push(commandLabel(command));
      const { outcome, message } = done.result;
      const code = outcome === 'not-allowed' ? 'command-not-allowed' : 'command-failed';
      this.#firstFailure ??= new Failure(code, `${commandLabel(command)}: ${message ?? outcome}`);
    }
    this.#tell(done.result);
  }

  #tell(result: CommandResult): void {
    this.#context.report({ type: 'command', at: Date.now(), result });
  }

  #keep(nodeId: string, command: string | null, result: BackUpResult): void {
    this.#made.push({ nodeId, command, result });
    this.#files += result.progress.filesDone;
    this.#bytes += result.progress.bytesDone;
    const snapshot = reportedSnapshot(result);
    if (this.#order.commands.length === 0 || snapshot === null) return;
    const { stats, issueCount } = result;
    this.#context.report({
      ...{ type: 'snapshot', at: Date.now(), nodeId, command, snapshot, stats },
      partial: issueCount > 0,
    } satisfies RunReport);
  }

  /** Nobody knows how much a command will print: there are totals only while nothing but the last part is left. */
  #addUp(work: RunProgress): RunProgress {
    const last = this.#left.length <= 1 && this.#left[0]?.command === null;
    const total = (own: number | null, before: number) => (last && own !== null ? own + before : null);
    return {
      ...work,
      filesDone: work.filesDone + this.#files,
      bytesDone: work.bytesDone + this.#bytes,
      filesTotal: total(work.filesTotal, this.#files),
      bytesTotal: total(work.bytesTotal, this.#bytes),
      etaSeconds: last ? work.etaSeconds : null,
    };
  }
}

function sumOf(all: readonly RunStats[]): RunStats {
  const sum: RunStats = {};
  for (const stats of all) {
    for (const [key, value] of Object.entries(stats) as [keyof RunStats, number][]) {
      sum[key] = (sum[key] ?? 0) + value;
    }
  }
  return sum;
}

function reportedSnapshot({ snapshot, snapshotId }: BackUpResult): ReportedSnapshot | null {
  if (snapshotId === null) return null;
  const { time, hostname, paths, tree, tags, parent } = snapshot;
  return { id: snapshotId, time: formatGoTime(time), hostname, paths, tree, tags, parent };
}

function outcomeOfPaths(nodeId: string, result: BackUpResult): RunOutcome {
  const { snapshotId, stats, issues, issueCount } = result;
  const partial = issueCount > 0;
  return {
    outcome: partial ? 'partial' : 'succeeded',
    reason: partial ? unread(issueCount) : null,
    failure: null,
    nodeId,
    snapshotId,
    snapshot: reportedSnapshot(result),
    stats,
    issues,
    issueCount,
  };
}

function unread(count: number): string {
  return count === 1 ? 'one file could not be read' : `${count} files could not be read`;
}
