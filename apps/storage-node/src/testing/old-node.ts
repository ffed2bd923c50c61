import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Node from 20 to 23 on this machine, as a user may have one; null when there is none. */
export function findOldNode(): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']) {
    const node = join(folder, 'node');
    if (!existsSync(node)) continue;
    const major = Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1]);
    if (major >= 20 && major < 24) return node;
  }
  return null;
}
