import { Script } from 'node:vm';
import {
  type AllowedCommands,
  type AllowedHook,
  commandLabel,
  type NamedCommand,
  NO_COMMANDS,
  type RunHooks,
} from '@breakwater/contract/source-commands';
import { commandsOf } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';

export interface WantedCommands {
  commands: readonly NamedCommand[];
  hooks: RunHooks;
}

/**
 * Refuses commands and hooks that the server's own list did not have when its agent last told, also while it is
 * offline; what the task has already may stay. The agent judges again at each run, by its list as it is then.
 * Throws `command-not-allowed` naming the field.
 */
export async function refuseCommands(
  center: Pick<Center, 'agents'>,
  server: string,
  { commands, hooks }: WantedCommands,
  before: WantedCommands = { commands: [], hooks: { before: [], after: [] } },
): Promise<void> {
  if (commands.length + hooks.before.length + hooks.after.length === 0) return;
  const agent = await center.agents.byAddress(server);
  const allowed: AllowedCommands = agent === null ? NO_COMMANDS : commandsOf(agent);
  const sameTwice = commands.findIndex(
    (one, at) => commands.findIndex((other) => commandLabel(other) === commandLabel(one)) < at,
  );
  if (sameTwice >= 0) {
    throw refusedField(
      `commands.${sameTwice}`,
      commandLabel(commands[sameTwice] as NamedCommand),
      'each command once',
    );
  }
  refuse('commands', commands, allowed.sources, before.commands);
  refuse('hooks.before', hooks.before, allowed.hooks, before.hooks.before);
  refuse('hooks.after', hooks.after, allowed.hooks, before.hooks.after);
}

function refuse(
  field: string,
  wanted: readonly NamedCommand[],
  allowed: readonly AllowedHook[],
  before: readonly NamedCommand[],
): void {
  const had = new Set(before.map(commandLabel));
  for (const [at, command] of wanted.entries()) {
    if (had.has(commandLabel(command))) continue;
    const entry = allowed.find(({ name }) => name === command.name);
    if (entry === undefined) {
      const names = allowed.map(({ name }) => name);
      const expected =
        names.length === 0
          ? "nothing: this server's own list allows none (its agent's --allow-commands FILE)"
          : `one that this server's own list allows: ${names.join(', ')}`;
      throw refusedField(`${field}.${at}.name`, command.name, expected, 'command-not-allowed');
    }
    refuseParameters(`${field}.${at}.parameters`, command, entry);
  }
}

function refuseParameters(field: string, { parameters }: NamedCommand, entry: AllowedHook): void {
  const names = entry.parameters.map(({ name }) => name);
  const expected = names.length === 0 ? 'no parameters' : `the parameters ${names.join(', ')}`;
  for (const name of Object.keys(parameters)) {
    if (!names.includes(name)) throw refusedField(`${field}.${name}`, parameters[name], expected);
  }
  for (const { name, pattern } of entry.parameters) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined || !mayMatch(pattern, value)) {
      throw refusedField(`${field}.${name}`, value, `a value that matches ${pattern}`, 'command-not-allowed');
    }
  }
}

const MATCH_LIMIT_MS = 50;

/** False when the whole value surely does not match. The pattern is another machine's: it may not hold us up. */
function mayMatch(pattern: string, value: string): boolean {
  const test = `new RegExp(${JSON.stringify(`^(?:${pattern})$`)}, 'u').test(${JSON.stringify(value)})`;
  try {
    return new Script(test).runInNewContext({}, { timeout: MATCH_LIMIT_MS }) !== false;
  } catch {
    // It takes too long or is no pattern here: the agent decides.
    return true;
  }
}
