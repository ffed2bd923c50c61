import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every entry below `root` as one line: relative path, type, mode, owner, mtime in ns, content or link target. */
export function describeTree(root: string): string[] {
  const lines: string[] = [];
  const visit = (relative: string) => {
    const path = join(root, relative);
    const stat = lstatSync(path, { bigint: true });
    const what = stat.isSymbolicLink()
      ? `link ${readlinkSync(path)}`
      : stat.isFile()
        ? `file ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
        : stat.isDirectory()
          ? 'dir'
          : 'other';
    if (relative !== '') {
      const mode = (stat.mode & 0o7777n).toString(8);
      lines.push(`${relative} ${mode} ${stat.uid}:${stat.gid} ${stat.mtimeNs} ${what}`);
    }
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(relative, name));
  };
  visit('');
  return lines;
}
