import { hostname, userInfo } from 'node:os';
import { formatGoTime, localGoTime } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import {
  addKey,
  changePassword,
  type ListedKey,
  listKeys,
  removeKey,
} from '@breakwater/restic-format/repository-keys';
import type { Command } from 'commander';
import { z } from 'zod';
import { type LockWish, withRepository } from './open-repository.ts';
import { printable } from './printable.ts';
import {
  argumentNames,
  type ExitCode,
  type RepoAccess,
  repoAccess,
  repoSubcommand,
  runRepoAction,
} from './repo-action.ts';
import type { RepoOutput } from './repo-output.ts';
import { readNewPassword } from './new-password.ts';

const newKeyOptions = repoAccess.extend({
  newPasswordFile: z.string().min(1, 'expected a file').optional(),
  user: z.string().optional(),
  host: z.string().optional(),
});
type NewKeyOptions = z.infer<typeof newKeyOptions>;
const removeOptions = repoAccess.extend({
  id: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/, 'expected the id of a key')
    .register(argumentNames, { name: 'id' }),
});

/** `key list|add|remove|passwd`: each password of a repository has a key file of its own. */
export function keyCommand(repo: Command): void {
  const key = repo.command('key').description('manage the passwords of a repository');
  repoSubcommand(key, 'list', 'list the keys; * is the one in use').action((given: object) =>
    runRepoAction(repoAccess, given, listAction),
  );
  newKeyCommand(key, 'add', 'add a password').action((given: object) =>
    runRepoAction(newKeyOptions, given, addAction),
  );
  newKeyCommand(key, 'passwd', 'put a new password in the place of the one in use').action((given: object) =>
    runRepoAction(newKeyOptions, given, passwdAction),
  );
  repoSubcommand(key, 'remove <id>', 'remove a key other than the one in use').action(
    (id: string, given: object) => runRepoAction(removeOptions, { ...given, id }, removeAction),
  );
}

function newKeyCommand(key: Command, name: string, description: string): Command {
  return repoSubcommand(key, name, description)
    .option('--new-password-file <file>', 'file with the new password')
    .option('--user <name>', 'user name kept with the key')
    .option('--host <name>', 'host name kept with the key');
}

/** Keys are the same in all versions of the format, and none of this needs the index. */
function withKeys(
  options: RepoAccess,
  lock: LockWish,
  signal: AbortSignal,
  work: (repository: Repository, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withRepository({ ...options, loadIndex: false }, lock, signal, work);
}

async function listAction(options: RepoAccess, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  return await withKeys(options, 'may', signal, async (repository, workSignal) => {
    const keys = await listKeys(repository, {
      signal: workSignal,
      onDamaged: (id, { message }) =>
        output.problem(message, { message_type: 'error', error: { message }, during: 'key list', item: id }),
    });
    output.text(keyTable(keys).join('\n'));
    output.document(
      keys.map((key) => ({
        current: key.isCurrent,
        id: key.id,
        userName: key.username,
        hostName: key.hostname,
        created: createdAt(key),
      })),
    );
    return 0;
  });
}

async function addAction(options: NewKeyOptions, output: RepoOutput, signal: AbortSignal): Promise<ExitCode> {
  const password = await readNewPassword(options.newPasswordFile);
  return await withKeys(options, 'must', signal, async (repository, workSignal) => {
    const id = await addKey(repository, password, ownerOf(options), workSignal);
    output.answer(`Saved the new key ${id}`, { message_type: 'key_added', id });
    return 0;
  });
}

async function passwdAction(
  options: NewKeyOptions,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const password = await readNewPassword(options.newPasswordFile);
  return await withKeys(options, 'exclusive', signal, async (repository, workSignal) => {
    const old = repository.keyId;
    const id = await changePassword(repository, password, ownerOf(options), workSignal);
    output.answer(`Saved the new key ${id} and removed ${old}`, {
      message_type: 'key_changed',
      id,
      removed: old,
    });
    return 0;
  });
}

async function removeAction(
  options: z.infer<typeof removeOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withKeys(options, 'exclusive', signal, async (repository, workSignal) => {
    const id = await removeKey(repository, options.id, workSignal);
    output.answer(`Removed the key ${id}`, { message_type: 'key_removed', id });
    return 0;
  });
}

function ownerOf({ user, host }: NewKeyOptions): { hostname: string; username: string } {
  return { hostname: host ?? hostname(), username: user ?? userInfo().username };
}

/** As restic shows it: YYYY-MM-DD HH:MM:SS, here. */
function createdAt({ created }: ListedKey): string {
  return formatGoTime(localGoTime(created.ns)).slice(0, 19).replace('T', ' ');
}

function keyTable(keys: readonly ListedKey[]): string[] {
  const titles = [' ID', 'User', 'Host', 'Created'];
  const rows = keys.map((key) => [
    `${key.isCurrent ? '*' : ' '}${key.id.slice(0, 8)}`,
    printable(key.username),
    printable(key.hostname),
    createdAt(key),
  ]);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const lines = [titles, ...rows].map((row) =>
    row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '),
  );
  const rule = '-'.repeat(Math.max(...lines.map((line) => line.length)));
  const [head = '', ...body] = lines.map((line) => line.trimEnd());
  return [head, rule, ...body, rule];
}
