import { commandLabel, type NamedCommand } from '@breakwater/contract/source-commands';

/** What a task takes, in words: its commands, then its paths. */
export function takenBy(task: { paths: readonly string[]; commands: readonly NamedCommand[] }): string[] {
  return [...task.commands.map(commandLabel), ...task.paths];
}
