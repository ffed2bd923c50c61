import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyMigrations } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

const own = join(import.meta.dirname, '../../../../../prisma/migrations');
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function migration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function tables(): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;
  return rows.map((row) => row.name);
}

describe('applyMigrations', () => {
  it("applies the product's own migrations once, with rows as Prisma writes them", async () => {
    const names = (await readdir(own)).filter((name) => !name.endsWith('.toml'));
    expect(await applyMigrations(database.url, own)).toEqual(names);
    expect(await applyMigrations(database.url, own)).toEqual([]);
    const sql = await readFile(join(own, names[0] ?? '', 'migration.sql'));
    const rows = await database.db.$queryRaw<Record<string, unknown>[]>`
      SELECT checksum, migration_name, applied_steps_count, finished_at IS NOT NULL AS finished, rolled_back_at, logs
      FROM _prisma_migrations ORDER BY migration_name`;
    expect(rows[0]).toEqual({
      checksum: createHash('sha256').update(sql).digest('hex'),
      migration_name: names[0],
      applied_steps_count: 1,
      finished: true,
      rolled_back_at: null,
      logs: null,
    });
    expect(await database.db.user.count()).toBe(0);
  });

  it('two at once on one database apply each file exactly once', async () => {
    const both = await Promise.all([applyMigrations(database.url, own), applyMigrations(database.url, own)]);
    expect(both.map((done) => done.length).sort()).toEqual([0, (await readdir(own)).length - 1]);
  });

  it('leaves nothing of a file that fails, and keeps the ones before it', async () => {
    await migration('1_good', 'CREATE TABLE good (id INT)');
    await migration('2_bad', 'CREATE TABLE half (id INT); SELECT no_such_function()');
    await expect(applyMigrations(database.url, folder)).rejects.toThrow(/2_bad could not be applied/);
    expect(await tables()).toEqual(['_prisma_migrations', 'good']);
    await migration('2_bad', 'CREATE TABLE whole (id INT)');
    expect(await applyMigrations(database.url, folder)).toEqual(['2_bad']);
  });

  it('names a database that cannot be reached, without its password', async () => {
    const apply = applyMigrations('postgresql://me:secret@127.0.0.1:1/gone', own);
    await expect(apply).rejects.toThrow(
      /^the database gone at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
    );
    await expect(apply).rejects.not.toThrow(/secret/);
  });

  it('refuses a file that was edited after it was applied', async () => {
    await migration('1_one', 'CREATE TABLE one (id INT)');
    await applyMigrations(database.url, folder);
    await migration('1_one', 'CREATE TABLE one (id INT, more INT)');
    await expect(applyMigrations(database.url, folder)).rejects.toThrow(/1_one was changed/);
  });

  it('refuses a database that a newer version has migrated', async () => {
    await migration('1_one', 'SELECT 1');
    await migration('2_two', 'SELECT 2');
    await applyMigrations(database.url, folder);
    await rm(join(folder, '2_two'), { recursive: true });
    await expect(applyMigrations(database.url, folder)).rejects.toThrow(/2_two.*does not know/);
  });
});
