import { closeSync, constants, openSync } from 'node:fs';
import type { PreviewAnswer } from '@breakwater/contract/agent-messages';
import { Breather } from '../backup/breather.ts';
import { throwIfCancelled } from '../backup/cancellation.ts';
import { checkPaths } from './check-paths.ts';
import { scan } from './scan.ts';
import { parseSelection } from './selection.ts';
import { systemPath } from './system-path.ts';
import { targetTree } from './targets.ts';

/**
 * Counts what a backup would take, for at most `budgetMs`; `complete` is false when that did not suffice. Throws
 * `path-not-found`, `path-unreadable`, `invalid-request` (a malformed exclude) and `cancelled`.
 */
export async function preview(
  request: { paths: readonly string[]; excludes: readonly string[] },
  signal: AbortSignal,
  budgetMs: number,
): Promise<PreviewAnswer> {
  throwIfCancelled(signal);
  const { usable, broken } = checkPaths(request.paths);
  const selection = parseSelection({ excludes: request.excludes }, usable, () => undefined);
  const deadline = performance.now() + budgetMs;
  const totals = await scan(targetTree(usable), {
    selection,
    breather: new Breather(),
    goOn: () => !signal.aborted && performance.now() < deadline,
    isReadable,
  });
  throwIfCancelled(signal);
  return { ...totals, unreadable: totals.unreadable + broken.length };
}

function isReadable(path: string): boolean {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    closeSync(openSync(systemPath(path), flags));
    return true;
  } catch {
    return false;
  }
}
