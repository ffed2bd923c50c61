/**
 * Writes `prisma/migrations/<time>_<name>/migration.sql` from the difference between the schema as the newest
 * migration left it and prisma/schema.prisma as it is now. Needs no database and no download.
 *
 *     node scripts/write-migration.ts add_tags          a further migration
 *     node scripts/write-migration.ts --replace-all init    the one initial migration anew (before the first release)
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'prisma', 'migrations');
/** Beside each migration.sql: the schema it leads to, which the next one starts from. Prisma ignores the file. */
const SCHEMA_AFTER = 'schema-after.prisma';

/**
 * Comparing two schemas, the engine asks only whether the namespace `public` is there and, hearing nothing, makes
 * it: both are answered here without a database, and whatever else it might want is an error.
 */
const refuse = async (): Promise<never> => {
  throw new Error('a migration is written without a database');
};
const connection = {
  provider: 'postgres',
  adapterName: 'no-database',
  queryRaw: async () => ({ ok: true, value: { columnTypes: [], columnNames: [], rows: [] } }),
  executeRaw: async ({ sql }: { sql: string }) =>
    sql.startsWith('CREATE SCHEMA') ? { ok: true, value: 0 } : refuse(),
  executeScript: refuse,
  startTransaction: refuse,
  dispose: async () => ({ ok: true, value: undefined }),
};
const noDatabase = {
  provider: 'postgres',
  adapterName: 'no-database',
  connect: async () => ({ ok: true, value: connection }),
  connectToShadowDb: refuse,
};

const { values, positionals } = parseArgs({
  options: { 'replace-all': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const name = positionals[0];
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  throw new Error(`the migration's name is "${name ?? ''}": expected lower-case letters, digits and "_"`);
}

const existing = existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  : [];
const newest = values['replace-all'] ? undefined : existing.at(-1);
const before = newest === undefined ? null : readFileSync(join(folder, newest, SCHEMA_AFTER), 'utf8');
const after = readFileSync(join(root, 'prisma', 'schema.prisma'), 'utf8');

const sql = await difference(before, after);
if (sql.trim() === '' || sql.includes('This is an empty migration')) {
  console.log('The schema has not changed: nothing to write.');
} else {
  if (values['replace-all']) for (const old of existing) rmSync(join(folder, old), { recursive: true });
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const target = join(folder, `${time}_${name}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'migration.sql'), sql);
  writeFileSync(join(target, SCHEMA_AFTER), after);
  writeFileSync(
    join(folder, 'migration_lock.toml'),
    '# Written by scripts/write-migration.ts; Prisma wants it beside the migrations.\nprovider = "postgresql"\n',
  );
  console.log(`Wrote prisma/migrations/${time}_${name}/migration.sql`);
}

async function difference(from: string | null, to: string): Promise<string> {
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', to]] }, () => undefined, noDatabase);
  const datamodel = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'schema.prisma', content }],
  });
  const result = await engine.diff({
    from: datamodel(from ?? 'datasource db {\n  provider = "postgresql"\n}\n'),
    to: datamodel(to),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? '';
}
