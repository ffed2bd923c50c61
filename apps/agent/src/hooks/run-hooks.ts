import type { BackupOrder } from '@breakwater/contract/agent-run';
import { type CommandResult, commandLabel, type NamedCommand } from '@breakwater/contract/source-commands';
import { Failure } from '@breakwater/domain/failure';
import type { AllowList } from '../commands/allow-list.ts';
import { nothingRan } from '../commands/nothing-ran.ts';
import { say } from '../remarks/say.ts';
import type { RunContext } from '../runs/run-context.ts';
import { runHook } from './run-hook.ts';

/** An agent that is being stopped must be gone soon: hooks after its run get this long in all, ms. */
const STOPPING_LIMIT_MS = 3000;

/** What hooks after a run learn of it. */
export interface RunEnd {
  outcome: 'succeeded' | 'partial' | 'failed' | 'cancelled';
  reason: string | null;
  snapshotIds: readonly string[];
}

/** The hooks of one backup, run one after the other; each tells in the run how it went. */
export class RunHooks {
  /** Labels of those that did not do what they should. */
  readonly failed: string[] = [];
  readonly #context: RunContext;
  readonly #order: BackupOrder;
  readonly #list: () => AllowList;

  /** `list` throws what is wrong with this server's list. */
  constructor(context: RunContext, order: BackupOrder, list: () => AllowList) {
    this.#context = context;
    this.#order = order;
    this.#list = list;
  }

  /** Throws `command-failed` when one failed whose failure ends the run; those after it are not run. */
  async before(): Promise<void> {
    const { signal } = this.#context;
    let ended: string | null = null;
    for (const { ifFails, ...command } of this.#order.hooks.before) {
      if (ended !== null || signal.aborted) {
        this.#tell({ ...nothingRan('before', command), outcome: 'skipped' });
        continue;
      }
      const result = await this.#run('before', command, {}, signal);
      if (result.outcome === 'succeeded') continue;
      if (ifFails === 'stop') ended = commandLabel(command);
    }
    signal.throwIfAborted();
    if (ended === null) return;
    throw new Failure(
      'command-failed',
      `The hook "${ended}" before the backup failed, so nothing was backed up`,
    );
  }

  /** However the run went. A run that was cancelled runs them, too: they may have to undo what those before did. */
  async after({ outcome, reason, snapshotIds }: RunEnd): Promise<void> {
    const more = {
      BREAKWATER_OUTCOME: outcome,
      BREAKWATER_REASON: (reason ?? '').replaceAll('\0', ''),
      BREAKWATER_SNAPSHOT_IDS: snapshotIds.join(' '),
    };
    const { stopping } = this.#context;
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const hurry = (): void => {
      timer = setTimeout(() => late.abort(), STOPPING_LIMIT_MS);
    };
    if (stopping.aborted) hurry();
    stopping.addEventListener('abort', hurry, { once: true });
    for (const command of this.#order.hooks.after) {
      if (late.signal.aborted) this.#tell({ ...nothingRan('after', command), outcome: 'skipped' });
      else await this.#run('after', command, more, late.signal);
    }
    stopping.removeEventListener('abort', hurry);
    clearTimeout(timer);
  }

  async #run(
    role: 'before' | 'after',
    command: NamedCommand,
    more: Record<string, string>,
    signal: AbortSignal,
  ): Promise<CommandResult> {
    const { runId, hostname } = this.#order;
    const label = commandLabel(command);
    this.#context.progress.hold(
      role === 'before' ? 'starting' : 'finishing',
      say('hook-running', { hook: label, when: role }),
    );
    const own = { BREAKWATER_RUN_ID: runId, BREAKWATER_SERVER: hostname, BREAKWATER_HOOK: role };
    const hook = { role, command, more: { ...own, ...more } };
    const result = await runHook(this.#list, hook, signal);
    this.#context.progress.resume();
    this.#tell(result);
    if (result.outcome !== 'succeeded') this.failed.push(label);
    return result;
  }

  #tell(result: CommandResult): void {
    this.#context.report({ type: 'command', at: Date.now(), result });
  }
}
