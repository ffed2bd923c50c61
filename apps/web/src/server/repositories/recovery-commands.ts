import { dirname } from 'node:path/posix';

/** What of a copy the commands need. */
export interface KitCopy {
  node: string;
  /** Of the copy, with the repository and a slash at its end. */
  url: string;
  /** Where it lies on the node's own disk; null when the node could not be asked. */
  path: string | null;
  /** Which snapshots to restore from it, newest first; none: the newest that is there by then. */
  snapshotIds: readonly string[];
}

/**
 * The exact commands of stock restic that restore each snapshot from each copy that holds it: from the folder on the
 * node's own disk, and over the network with a token that the node itself signs, without any control center. Where
 * there are several snapshots, each goes to a folder of its own: what they hold may overlap.
 */
export function recoveryCommands(
  repositoryId: string,
  password: string,
  copies: readonly KitCopy[],
): string[] {
  if (copies.length === 0) return [];
  const several = new Set(copies.flatMap(({ snapshotIds }) => snapshotIds)).size > 1;
  const commands = [`export RESTIC_PASSWORD=${quoted(password)}`];
  for (const copy of copies) {
    const ids = copy.snapshotIds.length === 0 ? ['latest'] : copy.snapshotIds.map((id) => id.slice(0, 8));
    const restores = ids.map((id) => `restore ${id} --target ./restored${several ? `-${id}` : ''}`);
    if (copy.path !== null) {
      const repository = quoted(copy.path);
      // A folder of another user can be read without writing a lock into it.
      commands.push(
        `restic -r ${repository} --no-lock snapshots`,
        ...restores.map((restore) => `restic -r ${repository} --no-lock ${restore}`),
      );
    }
    const address = new URL(copy.url);
    // A node keeps its repositories in its data folder.
    const data = copy.path === null ? 'NODE_DATA_FOLDER' : quoted(dirname(copy.path));
    commands.push(
      `export TOKEN=$(npx breakwater-node access-token --data ${data} --repository ${repositoryId} --verbs read)`,
      ...restores.map(
        (restore) =>
          `restic -r "rest:${address.protocol}//any:$TOKEN@${address.host}${address.pathname}" --no-lock ${restore}`,
      ),
    );
  }
  return commands;
}

/** As a POSIX shell takes it literally. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
