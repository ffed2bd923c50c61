import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';

/**
 * A program: prints a consistent copy of the SQLite database whose path is its argument, page by page as SQLite's
 * online backup makes it, while others may use the database. The copy lies in a temporary folder meanwhile.
 */
const [, , path = ''] = process.argv;
const folder = await mkdtemp(join(tmpdir(), 'breakwater-sqlite-'));
const leave = (): void => {
  // Told to end: the copy must not stay behind.
  void rm(folder, { recursive: true, force: true }).finally(() => process.exit(1));
};
process.on('SIGTERM', leave);
process.on('SIGINT', leave);
try {
  // Opening would make an empty one.
  if (!existsSync(path)) throw new Error(`there is no database ${path}`);
  const database = new DatabaseSync(path, { readOnly: true, timeout: 60_000 });
  const copy = join(folder, 'copy');
  // All pages in one step: in several, each write of another process would make it begin again.
  await backup(database, copy, { rate: 2 ** 31 - 1 });
  database.close();
  await pipeline(createReadStream(copy, { highWaterMark: 1 << 20 }), process.stdout, { end: false });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
