import type { CommandResult, NamedCommand } from '@breakwater/contract/source-commands';

/** Of a command that has not begun. */
export function nothingRan(
  role: CommandResult['role'],
  { name, parameters }: NamedCommand,
): Omit<CommandResult, 'outcome'> {
  return {
    ...{ role, name, parameters },
    ...{ exitCode: null, startedAt: null, seconds: null, message: null },
    ...{ output: '', outputCut: false, bytes: null, snapshotId: null },
  };
}
