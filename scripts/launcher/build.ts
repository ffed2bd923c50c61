import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireWritable } from './writable.ts';

/** Generates the Prisma client when the schema is not the one it was made from. True when it had to. */
export async function generateDatabaseClient(root: string): Promise<boolean> {
  const output = join(root, 'apps/web/src/server/db/generated');
  const stamp = join(output, '.made-from');
  const wanted = hashOf(root, ['prisma/schema.prisma', 'package-lock.json']);
  if (readIfThere(stamp) === wanted) return false;
  requireWritable(output, 'The database client is to be generated');
  await run(root, [join(root, 'node_modules/prisma/build/index.js'), 'generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'scripts/no-schema-engine.sh'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
  writeFileSync(stamp, wanted);
  return true;
}

/** Builds the console's pages when their sources are not the ones of the last build. True when it had to. */
export async function buildPages(root: string): Promise<boolean> {
  const web = join(root, 'apps/web');
  const stamp = join(web, '.next', 'made-from');
  const wanted = hashOf(root, [
    'apps/web/src/app',
    'apps/web/src/ui',
    'apps/web/next.config.ts',
    'apps/web/postcss.config.mjs',
    'packages/contract/src',
    'packages/domain/src',
    'package-lock.json',
  ]);
  if (readIfThere(stamp) === wanted && existsSync(join(web, '.next', 'BUILD_ID'))) return false;
  requireWritable(join(web, '.next'), 'The console is to be built');
  await run(web, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  });
  writeFileSync(stamp, wanted);
  return true;
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** One hash over the names and contents of files and folders, in a fixed order. Tests do not count. */
function hashOf(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string, isFolder: boolean): void => {
    if (!isFolder) {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0');
      return;
    }
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!/\.test\.tsx?$/.test(entry.name)) add(`${path}/${entry.name}`, entry.isDirectory());
    }
  };
  for (const path of paths) add(path, !/\.[a-z]+$/.test(path));
  return hash.digest('hex');
}

/** Runs a Node program to its end; what it printed becomes the error when it fails. */
async function run(cwd: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const output: Buffer[] = [];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const name = args.map((arg) => arg.split('/').at(-1)).join(' ');
  throw new Error(`"${name}" failed (exit code ${code}):\n${Buffer.concat(output).toString().slice(-4000)}`);
}
