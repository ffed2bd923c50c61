import type { CommandResult, NamedCommand } from '@breakwater/contract/source-commands';
import { asFailure } from '@breakwater/domain/failure';
import { type BackUpOptions, type BackUpResult, backUp } from '../backup/back-up.ts';
import { streamOfCommand } from '../backup/stream-source.ts';
import type { AllowList } from './allow-list.ts';
import type { CommandEnd } from './command-process.ts';
import { nothingRan } from './nothing-ran.ts';
import { OutputTail } from './output-tail.ts';

export type CommandBackup =
  | { ok: true; made: BackUpResult; result: CommandResult }
  /** The command's own fault; the run goes on. */
  | { ok: false; result: CommandResult };

/**
 * Makes a snapshot of what one command prints. Throws what is not the command's fault: the repository's failure, a
 * lost lock, a cancel (after `onCancelled`).
 */
export async function backUpCommand(
  command: NamedCommand,
  list: () => AllowList,
  options: Omit<BackUpOptions, 'paths' | 'stream' | 'excludes'>,
  onCancelled: (result: CommandResult) => void,
): Promise<CommandBackup> {
  let ready: ReturnType<AllowList['source']>;
  try {
    ready = list().source(command);
  } catch (error) {
    const { message } = asFailure(error);
    return { ok: false, result: { ...nothingRan('source', command), outcome: 'not-allowed', message } };
  }
  const startedAt = Date.now();
  const began = performance.now();
  const tail = new OutputTail();
  let end: CommandEnd | null = null;
  const stream = streamOfCommand(
    ready.path,
    ready.spec,
    (line) => tail.add(`${line}\n`),
    (how) => {
      end = how;
    },
  );
  const how = (outcome: CommandResult['outcome'], more: Partial<CommandResult>): CommandResult => ({
    ...nothingRan('source', command),
    outcome,
    startedAt,
    seconds: (performance.now() - began) / 1000,
    exitCode: end?.code ?? null,
    ...tail.shown,
    ...more,
  });
  try {
    const tags = [...options.tags, `command:${command.name}`];
    const made = await backUp({ ...options, tags, paths: [], excludes: [], stream });
    const { snapshotId, stats } = made;
    return { ok: true, made, result: how('succeeded', { snapshotId, bytes: stats.bytesProcessed ?? null }) };
  } catch (error) {
    const failure = asFailure(error);
    if (options.signal.aborted) {
      if (failure.code === 'cancelled') onCancelled(how('cancelled', {}));
      throw error;
    }
    if (failure.code !== 'command-failed' && failure.code !== 'source-changed') throw error;
    const timedOut = (end as CommandEnd | null)?.timedOut === true;
    const { message } = failure;
    return { ok: false, result: how(timedOut ? 'timed-out' : 'failed', { message }) };
  }
}
