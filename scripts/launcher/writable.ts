import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Throws an Error for people when this user could not write `path`, or make it where it is not there yet. */
export function requireWritable(path: string, what: string): void {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
  } catch {
    throw new Error(
      `${what} in ${nearest}, which this user may not write to: give it write access, ` +
        'or run the command as the owner of that folder.',
    );
  }
}
