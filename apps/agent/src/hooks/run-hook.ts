import type { CommandResult, NamedCommand } from '@breakwater/contract/source-commands';
import { asFailure } from '@breakwater/domain/failure';
import type { AllowList } from '../commands/allow-list.ts';
import { type CommandEnd, startCommand, whatWentWrong } from '../commands/command-process.ts';
import { nothingRan } from '../commands/nothing-ran.ts';
import { OutputTail } from '../commands/output-tail.ts';

/** What a hook that has ended still has to print gets this long, ms: what it started may hold the pipe for ever. */
const LAST_WORDS_MS = 500;

/** Runs one hook, and says how it went: it never throws. `more` is added to its environment. The signal ends it. */
export async function runHook(
  list: () => AllowList,
  hook: { role: 'before' | 'after'; command: NamedCommand; more: Record<string, string> },
  signal: AbortSignal,
): Promise<CommandResult> {
  const { role, command, more } = hook;
  const { name, parameters } = command;
  let spec: ReturnType<AllowList['hook']>['spec'];
  try {
    spec = list().hook({ name, parameters }).spec;
  } catch (error) {
    return { ...nothingRan(role, command), outcome: 'not-allowed', message: asFailure(error).message };
  }
  const startedAt = Date.now();
  const began = performance.now();
  const tail = new OutputTail();
  let end: CommandEnd | null = null;
  let message: string | null;
  try {
    const running = startCommand({ ...spec, env: { ...spec.env, ...more } });
    const stop = (): void => running.stop();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const printed = [running.stdout, running.stderr].map(async (stream) => {
      stream.setEncoding('utf8');
      for await (const text of stream) tail.add(text as string);
    });
    const all = Promise.allSettled(printed);
    try {
      end = await running.ended;
    } finally {
      const late = setTimeout(() => {
        running.stdout.destroy();
        running.stderr.destroy();
      }, LAST_WORDS_MS);
      await all;
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
    }
    const wrong = whatWentWrong(end, spec.timeoutMs);
    message = wrong === null ? null : `"${spec.argv[0]}" ${wrong}`;
  } catch (error) {
    message = asFailure(error).message;
  }
  const cancelled = signal.aborted && end?.timedOut !== true && message !== null;
  return {
    ...nothingRan(role, command),
    outcome:
      message === null ? 'succeeded' : end?.timedOut ? 'timed-out' : cancelled ? 'cancelled' : 'failed',
    exitCode: end?.code ?? null,
    startedAt,
    seconds: (performance.now() - began) / 1000,
    message,
    ...tail.shown,
  };
}
