import { type DatabaseSync, transact } from './agent-database.ts';

/** One repository's files on one storage node. */
export interface CopyKey {
  repositoryId: string;
  nodeId: string;
}

/**
 * Which packs this agent has stored on a copy that no index there names yet, durably: what a run that was killed
 * leaves to the next. That they are still there, and what is in them, the copy itself has to say.
 */
export class PackJournal {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Durable when it returns. */
  stored({ repositoryId, nodeId }: CopyKey, packId: string): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO stored_packs (repository_id, node_id, pack_id) VALUES (?, ?, ?)')
      .run(repositoryId, nodeId, packId);
  }

  /** An index names them now, or they are gone. */
  forget({ repositoryId, nodeId }: CopyKey, packIds: Iterable<string>): void {
    const remove = this.#database.prepare(
      'DELETE FROM stored_packs WHERE repository_id = ? AND node_id = ? AND pack_id = ?',
    );
    transact(this.#database, () => {
      for (const packId of packIds) remove.run(repositoryId, nodeId, packId);
    });
  }

  of({ repositoryId, nodeId }: CopyKey): Set<string> {
    const rows = this.#database
      .prepare('SELECT pack_id FROM stored_packs WHERE repository_id = ? AND node_id = ?')
      .all(repositoryId, nodeId);
    return new Set(rows.map((row) => String(row.pack_id)));
  }
}
