import { isBelow, isWithin, joinPath, lineage } from './paths.ts';

/** What is ticked in a tree: folders and files with all below them, less what literal excludes take out again. */
export interface Selection {
  paths: readonly string[];
  /** restic patterns. Those starting with `/` and free of wildcards are what unticking a file makes. */
  excludes: readonly string[];
}

export type Tick = 'ticked' | 'unticked' | 'mixed';

/** Names in a folder, or null when the folder has not been read. */
export type ChildrenOf = (folder: string) => readonly string[] | null;

/** A path as a restic pattern that matches nothing else. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]]/g, (special) => `\\${special}`);
}

/** The path a literal pattern stands for; null for a pattern with wildcards or one that is not anchored. */
export function literalPath(pattern: string): string | null {
  if (!pattern.startsWith('/')) return null;
  const bare = pattern.replace(/\\[\\*?[\]]/g, '');
  if (/[\\*?[\]]/.test(bare)) return null;
  return pattern.replace(/\\([\\*?[\]])/g, '$1');
}

export function tickOf(selection: Selection, path: string): Tick {
  const excluded = literals(selection.excludes);
  const taken = selection.paths.some((one) => isWithin(path, one));
  if (taken && !excluded.some((one) => isWithin(path, one))) {
    return excluded.some((one) => isBelow(one, path)) ? 'mixed' : 'ticked';
  }
  const takenBelow = selection.paths.some(
    (one) => isBelow(one, path) && !excluded.some((gone) => isWithin(one, gone)),
  );
  return takenBelow ? 'mixed' : 'unticked';
}

/** One click on the box at `path`: what is not wholly ticked becomes so, what is becomes unticked. */
export function toggle(selection: Selection, path: string, childrenOf: ChildrenOf): Selection {
  return tickOf(selection, path) === 'ticked' ? dropPath(selection, path) : tick(selection, path, childrenOf);
}

function tick(selection: Selection, path: string, childrenOf: ChildrenOf): Selection {
  const excludes = dropLiterals(selection.excludes, (gone) => isBelow(gone, path));
  const above = literals(excludes).find((gone) => isWithin(path, gone));
  const next = above === undefined ? excludes : reopen(excludes, above, path, childrenOf);
  const covered = selection.paths.some((one) => isWithin(path, one));
  if (covered) return { paths: selection.paths, excludes: next };
  return { paths: [...selection.paths.filter((one) => !isBelow(one, path)), path], excludes: next };
}

/** Takes the exclude at `above` back, but leaves out everything under it that does not lead to `path`. */
function reopen(
  excludes: readonly string[],
  above: string,
  path: string,
  childrenOf: ChildrenOf,
): readonly string[] {
  const way = lineage(path).filter((one) => isWithin(one, above));
  const aside = way
    .slice(0, -1)
    .flatMap((folder, index) =>
      (childrenOf(folder) ?? [])
        .map((name) => joinPath(folder, name))
        .filter((one) => one !== way[index + 1]),
    );
  return [...dropLiterals(excludes, (gone) => gone === above), ...aside.map(escapePattern)];
}

/** Takes `path` out, with what was excluded below it. */
export function dropPath(selection: Selection, path: string): Selection {
  const excludes = dropLiterals(selection.excludes, (gone) => isWithin(gone, path));
  const paths = selection.paths.filter((one) => !isWithin(one, path));
  const stillTaken = paths.some((one) => isWithin(path, one));
  return { paths, excludes: stillTaken ? [...excludes, escapePattern(path)] : excludes };
}

function literals(excludes: readonly string[]): string[] {
  return excludes.map(literalPath).filter((one) => one !== null);
}

function dropLiterals(excludes: readonly string[], gone: (path: string) => boolean): readonly string[] {
  return excludes.filter((pattern) => {
    const path = literalPath(pattern);
    return path === null || !gone(path);
  });
}
