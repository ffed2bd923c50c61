import type { BigIntStats } from 'node:fs';
import { posix, resolve } from 'node:path';
import { parseExcludes } from './exclude-patterns.ts';
import { CACHE_TAG, parseFolderTag } from './folder-tag.ts';
import { otherFileSystems } from './own-file-systems.ts';

/** What of its paths a backup leaves out. None of it applies to a path that was named itself. */
export interface SelectionRules {
  /** Patterns as `restic --exclude`. */
  excludes?: readonly string[];
  /** Patterns as `restic --iexclude`: case does not matter. */
  caselessExcludes?: readonly string[];
  /** Folders with this file in them (`name` or `name:header`) are taken without their other content. */
  tagFiles?: readonly string[];
  /** As `--exclude-caches`: folders with a CACHEDIR.TAG. */
  caches?: boolean;
  /** Files larger than this, bytes. */
  largerThan?: number;
  /** As `--one-file-system`. */
  oneFileSystem?: boolean;
}

/** Both take paths as the backup has them: absolute, or relative to the working folder; raw strings. */
export interface Selection {
  /** By the name alone, before anything is asked of the system. */
  leavesOutName(path: string): boolean;
  leavesOut(path: string, stat: BigIntStats): boolean;
}

/**
 * The rules, parsed. `targets` are the backup's paths. Throws `invalid-request` for a malformed rule. `onWarning` is
 * told in a sentence about a tag file that does not count.
 */
export function parseSelection(
  rules: SelectionRules,
  targets: readonly string[],
  onWarning: (message: string) => void,
): Selection {
  const byName = [
    parseExcludes(rules.excludes ?? []),
    parseExcludes(rules.caselessExcludes ?? [], { ignoreCase: true, option: '--iexclude' }),
  ];
  const hasNames = (rules.excludes?.length ?? 0) + (rules.caselessExcludes?.length ?? 0) > 0;
  const byStat: ((path: string, stat: BigIntStats) => boolean)[] = [];
  if (rules.oneFileSystem === true) byStat.push(otherFileSystems(targets.map((path) => resolve(path))));
  if (rules.largerThan !== undefined) {
    const most = BigInt(rules.largerThan);
    byStat.push((_path, stat) => !stat.isDirectory() && stat.size > most);
  }
  const tags = rules.caches === true ? [...(rules.tagFiles ?? []), CACHE_TAG] : (rules.tagFiles ?? []);
  for (const spec of tags) byStat.push(parseFolderTag(spec, onWarning));
  const here = process.cwd();
  const absolute = (path: string): string => (path.startsWith('/') ? path : posix.join(here, path));
  return {
    leavesOutName: hasNames ? (path) => byName.some((isExcluded) => isExcluded(absolute(path))) : () => false,
    leavesOut:
      byStat.length > 0 ? (path, stat) => byStat.some((rule) => rule(absolute(path), stat)) : () => false,
  };
}
