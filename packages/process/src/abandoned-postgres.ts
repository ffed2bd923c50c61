import { type Dirent, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from './logger.ts';
import { homeOf } from './postgres-account.ts';
import { isAbandoned } from './postgres-claim.ts';
import { stopOrphan } from './stop-postmaster.ts';

/** So deep below a temp folder of ours its servers' folders lie. */
const DEPTH = 3;

/**
 * Ends the throwaway servers (`fsync: false`) below the folders `breakwater-*` of `place` whose starter has ended,
 * such as a test run that was killed, and removes their folders. Whatever else lies there stays: data of a real
 * start are never marked as throwaway. What cannot be looked at or removed is somebody else's, and is passed over.
 */
export async function removeAbandonedPostgres(place: string, logger: Logger): Promise<void> {
  for (const name of foldersIn(place)) {
    if (!name.startsWith('breakwater-')) continue;
    for (const dataDir of abandonedBelow(join(place, name), DEPTH)) {
      try {
        const home = homeOf(dataDir);
        if (home !== null) await stopOrphan(join(home, 'cluster'));
        for (const folder of [home, dataDir])
          if (folder !== null) rmSync(folder, { recursive: true, force: true });
        logger.warn({ folder: dataDir }, 'removed the PostgreSQL that a killed process left behind');
      } catch (error) {
        logger.warn({ err: error, folder: dataDir }, 'an abandoned PostgreSQL could not be removed');
      }
    }
  }
}

function abandonedBelow(folder: string, depth: number): string[] {
  try {
    if (isAbandoned(folder)) return [folder];
  } catch {
    return [];
  }
  return depth === 0
    ? []
    : foldersIn(folder).flatMap((name) => abandonedBelow(join(folder, name), depth - 1));
}

function foldersIn(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
