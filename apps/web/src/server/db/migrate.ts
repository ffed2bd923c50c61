import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import pg from 'pg';

/** Any two control centers that start at once on one database take this lock: one migrates, the other waits. */
const MIGRATION_LOCK = 7_203_117;

const createLedger = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface LedgerRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/**
 * Applies the migrations in `folder` (Prisma's layout: `<name>/migration.sql`) that the database has not had, in
 * name order, each in a transaction of its own together with its row in `_prisma_migrations`, so that Prisma's own
 * `migrate deploy` sees nothing pending afterwards. Returns the names it applied. Throws Failure `conflict` when an
 * applied file was edited since or the database is newer than this program; SQL errors leave that file unapplied.
 */
export async function applyMigrations(databaseUrl: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect().catch((error: unknown) => {
    throw unreachable(databaseUrl, error);
  });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(createLedger);
    const ledger = await client.query<LedgerRow>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const applied = new Map(ledger.rows.map((row) => [row.migration_name, row]));
    const names = await migrationNames(folder);
    refuseUnknown(applied, names);
    const done: string[] = [];
    for (const name of names) {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      const before = applied.get(name);
      if (before === undefined) {
        await applyOne(client, name, sql, checksum);
        done.push(name);
      } else {
        refuseChanged(before, checksum);
      }
    }
    return done;
  } finally {
    await client.end();
  }
}

function unreachable(databaseUrl: string, error: unknown): Failure {
  const { host, pathname } = new URL(databaseUrl);
  // A name with several addresses fails with one error for each and no message of its own.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return new Failure(
    'unavailable',
    `the database ${pathname.slice(1)} at ${host} cannot be used: ${(first as Error).message}; check DATABASE_URL`,
    { retryable: true, cause: error },
  );
}

async function migrationNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function applyOne(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('BEGIN');
  try {
    const startedAt = new Date();
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, now(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Failure('internal', `the migration ${name} could not be applied: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function refuseUnknown(applied: Map<string, LedgerRow>, names: string[]): void {
  const unknown = [...applied.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Failure(
      'conflict',
      `the database has had the migration ${unknown.join(', ')}, which this version of Breakwater does not know: start the newer version, or use another database`,
    );
  }
}

function refuseChanged(row: LedgerRow, checksum: string): void {
  if (row.finished_at === null) {
    throw new Failure(
      'conflict',
      `the migration ${row.migration_name} was begun by Prisma and did not end: resolve it with "prisma migrate resolve"`,
    );
  }
  if (row.checksum !== checksum) {
    throw new Failure(
      'conflict',
      `the migration ${row.migration_name} was changed after this database had it: restore the file, or use another database`,
    );
  }
}
