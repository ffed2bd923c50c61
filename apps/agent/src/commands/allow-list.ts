import { join } from 'node:path';
import {
  type AllowedCommands,
  commandLabel,
  type NamedCommand,
  NO_COMMANDS,
} from '@breakwater/contract/source-commands';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { type Account, findAccount, ownAccount } from './accounts.ts';
import {
  type AllowFile,
  badField,
  type HookEntry,
  parseAllowFile,
  type SourceEntry,
  wholeValue,
} from './allow-file.ts';
import type { CommandSpec } from './command-process.ts';
import { dumpArgv, dumpFile } from './dump-argv.ts';
import { readTrustedFile } from './trusted-file.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Entry = SourceEntry | HookEntry;
interface Allowed {
  entry: Entry;
  argv: readonly string[];
  account: Account;
  /** Null: a hook. */
  file: string | null;
}

/** A command of the list with its parameters filled in. */
export interface ReadyCommand {
  label: string;
  spec: CommandSpec & { env: Record<string, string>; timeoutMs: number };
  /** Absolute path in the snapshot; '/' for a hook. */
  path: string;
}

/** The commands that this server's own list allows, as the file was when it was read. */
export class AllowList {
  readonly #sources = new Map<string, Allowed>();
  readonly #hooks = new Map<string, Allowed>();
  readonly #entries: AllowFile | null;

  private constructor(file: string | null, entries: AllowFile | null) {
    this.#entries = entries;
    if (file === null || entries === null) return;
    for (const [name, entry] of Object.entries(entries.sources)) {
      const at = ['sources', name];
      this.#sources.set(name, allow(file, at, entry, dumpArgv(entry), dumpFile(name, entry)));
    }
    for (const [name, entry] of Object.entries(entries.hooks)) {
      this.#hooks.set(name, allow(file, ['hooks', name], entry, entry.argv, null));
    }
  }

  /** Nothing is allowed. */
  static readonly NONE = new AllowList(null, null);

  /** Reads the list anew; without a file nothing is allowed. Throws `command-not-allowed`. */
  static async read(file: string | null): Promise<AllowList> {
    if (file === null) return AllowList.NONE;
    return new AllowList(file, parseAllowFile(file, await readTrustedFile(file)));
  }

  /** What the control center is told: names and parameters, never what is run. */
  describe(): AllowedCommands {
    const common = (name: string, { description, parameters, timeoutSeconds }: Entry) => ({
      name,
      description: description ?? null,
      timeoutSeconds,
      parameters: Object.entries(parameters).map(([parameter, { pattern, description: words }]) => ({
        name: parameter,
        pattern,
        description: words ?? null,
      })),
    });
    const { sources, hooks } = this.#entries ?? { sources: {}, hooks: {} };
    return {
      ...NO_COMMANDS,
      sources: Object.entries(sources).map(([name, entry]) => ({
        ...common(name, entry),
        kind: entry.kind,
        file: dumpFile(name, entry),
      })),
      hooks: Object.entries(hooks).map(([name, entry]) => common(name, entry)),
    };
  }

  /** Throws `command-not-allowed` for a name that is not in the list, or a value that its pattern does not allow. */
  source(command: NamedCommand): ReadyCommand {
    return ready(this.#find('source', this.#sources, command), command);
  }

  hook(command: NamedCommand): ReadyCommand {
    return ready(this.#find('hook', this.#hooks, command), command);
  }

  #find(what: 'source' | 'hook', all: ReadonlyMap<string, Allowed>, { name }: NamedCommand): Allowed {
    const allowed = all.get(name);
    if (allowed !== undefined) return allowed;
    throw refused(
      this.#entries === null
        ? `"${name}" may not run: the agent of this server was started without --allow-commands`
        : `"${name}" may not run: this server's own list of commands has no such ${what}`,
    );
  }
}

/** What the list allows now, or why it allows nothing. */
export async function describeAllowList(file: string | null): Promise<AllowedCommands> {
  try {
    return (await AllowList.read(file)).describe();
  } catch (error) {
    return { ...NO_COMMANDS, problem: asFailure(error).message.slice(0, 4000) };
  }
}

function allow(
  path: string,
  at: readonly string[],
  entry: Entry,
  argv: readonly string[],
  file: string | null,
): Allowed {
  for (const parameter of Object.keys(entry.parameters)) {
    const field = [...at, 'parameters', parameter];
    const place = `{${parameter}}`;
    if (argv[0]?.includes(place))
      throw badField(path, field, 'expected not to be part of the program', place);
    if (!argv.some((word) => word.includes(place))) {
      throw badField(path, field, `expected ${place} in one of the arguments`, place);
    }
    if (file !== null && !file.includes(place)) {
      throw badField(path, [...at, 'file'], `expected ${place} in it, so that each value has a file`, file);
    }
  }
  const own = ownAccount();
  if (entry.user === undefined || entry.user === own.name) return { entry, argv, account: own, file };
  const account = findAccount(entry.user);
  const field = [...at, 'user'];
  if (account === null) throw badField(path, field, 'expected an account of this machine', entry.user);
  if (own.uid !== 0) {
    throw badField(
      path,
      field,
      `expected ${own.name}: only an agent that runs as root may use others`,
      entry.user,
    );
  }
  return { entry, argv, account, file };
}

function ready(allowed: Allowed, command: NamedCommand): ReadyCommand {
  const { name, parameters } = command;
  const { entry, account } = allowed;
  for (const given of Object.keys(parameters)) {
    if (!Object.hasOwn(entry.parameters, given)) throw refused(`"${name}" has no parameter "${given}"`);
  }
  for (const [parameter, { pattern }] of Object.entries(entry.parameters)) {
    const value = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
    if (value === undefined) throw refused(`"${name}" needs a value for "${parameter}"`);
    if (!wholeValue(pattern).test(value)) {
      throw refused(
        `"${name}" does not allow ${JSON.stringify(value)} for "${parameter}": expected ${pattern}`,
      );
    }
    if (allowed.file !== null && (/[/]/.test(value) || value === '.' || value === '..')) {
      throw refused(
        `"${name}" takes no ${JSON.stringify(value)} for "${parameter}": it is part of a file name`,
      );
    }
  }
  const filled = (text: string): string =>
    text.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, key: string) =>
      Object.hasOwn(parameters, key) ? (parameters[key] ?? whole) : whole,
    );
  return {
    label: commandLabel(command),
    path: join('/', allowed.file === null ? '' : filled(allowed.file)),
    spec: {
      argv: allowed.argv.map(filled),
      ...(account.uid !== process.getuid?.() && { account: { uid: account.uid, gid: account.gid } }),
      // Nothing of the agent's own environment, in which there may be secrets.
      env: {
        PATH,
        HOME: account.home,
        USER: account.name,
        LOGNAME: account.name,
        SHELL: '/bin/sh',
        LANG: 'C.UTF-8',
        ...entry.env,
      },
      folder: entry.folder,
      timeoutMs: entry.timeoutSeconds * 1000,
    },
  };
}

function refused(message: string): Failure {
  return new Failure('command-not-allowed', message);
}
