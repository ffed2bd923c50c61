import { dirname } from 'node:path/posix';

/** What of a copy the commands need. */
export interface KitCopy {
  node: string;
  /** Of the copy, with the repository and a slash at its end. */
  url: string;
  /** Where it lies on the node's own disk; null when the node could not be asked. */
  path: string | null;
}

/**
 * The exact commands of stock restic that restore from each copy, newest snapshot first: from the folder on the
 * node's own disk, and over the network with a token that the node itself signs, without any control center.
 */
export function recoveryCommands(
  repositoryId: string,
  password: string,
  copies: readonly KitCopy[],
): string[] {
  if (copies.length === 0) return [];
  const commands = [`export RESTIC_PASSWORD=${quoted(password)}`];
  for (const copy of copies) {
    if (copy.path !== null) {
      const repository = quoted(copy.path);
      // A folder of another user can be read without writing a lock into it.
      commands.push(
        `restic -r ${repository} --no-lock snapshots`,
        `restic -r ${repository} --no-lock restore latest --target ./restored`,
      );
    }
    const address = new URL(copy.url);
    // A node keeps its repositories in its data folder.
    const data = copy.path === null ? 'NODE_DATA_FOLDER' : quoted(dirname(copy.path));
    commands.push(
      `export TOKEN=$(npx breakwater-node access-token --data ${data} --repository ${repositoryId} --verbs read)`,
      `restic -r "rest:${address.protocol}//any:$TOKEN@${address.host}${address.pathname}" --no-lock restore latest --target ./restored`,
    );
  }
  return commands;
}

/** As a POSIX shell takes it literally. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
