import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '@breakwater/domain/failure';

export type { DatabaseSync } from 'node:sqlite';

/** Grows by one with each change of the tables below; steps are applied in order and never edited. */
const migrations = [
  `CREATE TABLE outbox (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     run_id TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     report TEXT NOT NULL
   ) STRICT;
   CREATE TABLE runs (
     run_id TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     kind TEXT NOT NULL,
     accepted_at INTEGER NOT NULL,
     ended_at INTEGER,
     PRIMARY KEY (run_id, attempt)
   ) STRICT;
   CREATE TABLE speeds (node_id TEXT PRIMARY KEY, speed_window TEXT NOT NULL) STRICT;`,
  `CREATE TABLE stored_packs (
     repository_id TEXT NOT NULL,
     node_id TEXT NOT NULL,
     pack_id TEXT NOT NULL,
     PRIMARY KEY (repository_id, node_id, pack_id)
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * `<data>/agent.db`: what must outlive this process. A commit is on the disk when it returns. Only one process can
 * have it open: the kernel's lock on the file ends with the process however it ends. Throws `conflict` when another
 * agent runs on this folder.
 */
export function openAgentDatabase(dataDir: string): DatabaseSync {
  const path = join(dataDir, 'agent.db');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(database);
    chmodSync(path, 0o600);
    return database;
  } catch (error) {
    database.close();
    if (/locked/.test(String(error))) {
      throw new Failure('conflict', `Another agent is running on ${dataDir}.`, { cause: error });
    }
    throw new Failure('path-unreadable', `${path} cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function migrate(database: DatabaseSync): void {
  // Taking the write lock now is what keeps a second process out from here on.
  database.exec('BEGIN EXCLUSIVE');
  const row = database.prepare('PRAGMA user_version').get();
  const done = Number(row?.user_version ?? 0);
  if (done > migrations.length) {
    database.exec('ROLLBACK');
    throw new Error('it was written by a newer version of the agent');
  }
  for (const step of migrations.slice(done)) database.exec(step);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec('COMMIT');
}

/** Runs `work` as one transaction: all of it is durable when this returns, or nothing of it happened. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
