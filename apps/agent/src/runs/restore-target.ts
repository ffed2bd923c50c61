import { readdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { failureOf, say } from '../remarks/say.ts';

/**
 * What this agent's own command line allows for a restore's target: `fresh` means into a folder that is empty or
 * does not exist. Throws `target-not-allowed` for a path that is not absolute, and `target-not-empty`.
 */
export async function admitTarget(targetPath: string, allowAnywhere: boolean): Promise<'fresh' | 'anywhere'> {
  if (!isAbsolute(targetPath) || targetPath.includes('\0')) {
    throw failureOf('target-not-allowed', say('target-not-absolute', { path: targetPath }));
  }
  if (allowAnywhere) return 'anywhere';
  if (await isFresh(targetPath)) return 'fresh';
  throw failureOf('target-not-empty', say('target-not-empty', { path: targetPath }));
}

/** Whether a folder is empty or does not exist. */
export async function isFresh(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return true;
    throw new Failure('target-not-allowed', `The folder ${path} cannot be restored into (${code}).`, {
      cause: error,
    });
  }
}
