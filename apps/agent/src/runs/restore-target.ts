import { readdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Failure } from '@breakwater/domain/failure';

/**
 * What this agent's own command line allows for a restore's target: `fresh` means into a folder that is empty or
 * does not exist. Throws `target-not-allowed` for a path that is not absolute, and `target-not-empty`.
 */
export async function admitTarget(targetPath: string, allowAnywhere: boolean): Promise<'fresh' | 'anywhere'> {
  if (!isAbsolute(targetPath) || targetPath.includes('\0')) {
    throw new Failure('target-not-allowed', `The target "${targetPath}" is not an absolute path.`);
  }
  if (allowAnywhere) return 'anywhere';
  if (await isFresh(targetPath)) return 'fresh';
  throw new Failure(
    'target-not-empty',
    `The folder ${targetPath} is not empty. This agent restores only into folders that are empty or do not exist; it can be started with --allow-restore-anywhere.`,
  );
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
