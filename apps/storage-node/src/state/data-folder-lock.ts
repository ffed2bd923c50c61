import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '@breakwater/domain/failure';

/**
 * One process per data folder: a second one would take the first one's uploads for left-overs. SQLite holds a
 * lock of the kernel's on the file, which ends with the process however it ends.
 */
export function lockDataFolder(dataDir: string): { release: () => void } {
  const database = new DatabaseSync(join(dataDir, 'node.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new Failure('conflict', `Another storage node is running on ${dataDir}.`, { cause: error });
  }
  return { release: () => database.close() };
}
