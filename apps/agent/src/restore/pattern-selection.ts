import { posix } from 'node:path';
import { parseExcludes } from '../source/exclude-patterns.ts';
import type { SelectionFilter } from './selection.ts';

/** One list of patterns: from the command line, or from a file. As in restic, negation works within its list. */
export interface PatternList {
  patterns: readonly string[];
  ignoreCase: boolean;
  /** For the failure that names a malformed pattern. */
  option: string;
}

/** Everything but what a list excludes; what lies below an excluded folder is excluded as well. */
export function excluding(lists: readonly PatternList[]): SelectionFilter {
  const rules = lists.map(({ patterns, ...options }) => parseExcludes(patterns, options));
  return {
    judge: (path) => {
      const taken = !rules.some((isExcluded) => isExcluded(path));
      return { taken, below: taken };
    },
  };
}

/** What a list includes, with what lies below; folders are entered where something of it may be. */
export function including(lists: readonly PatternList[]): SelectionFilter {
  const rules = lists.map((list) => {
    const { patterns, ...options } = list;
    return { matches: parseExcludes(patterns, options), mayMatchBelow: childMatcher(list) };
  });
  return {
    judge: (path) => ({
      taken: rules.some(({ matches }) => matches(path)),
      below: rules.some(({ mayMatchBelow }) => mayMatchBelow(path)),
    }),
  };
}

/** Whether a pattern may match something below a folder (restic: internal/filter, childMatch). */
export function childMatcher({ patterns, ...options }: PatternList): (path: string) => boolean {
  const rules = patterns
    .filter((pattern) => pattern !== '')
    .map((pattern) => {
      const negated = pattern.startsWith('!');
      const body = negated ? pattern.slice(1) : pattern;
      const test = negated ? parseExcludes([body], options) : mayMatchBelow(body, options);
      return { negated, test };
    });
  return (path) => {
    let may = false;
    for (const { negated, test } of rules) may = negated ? may && !test(path) : may || test(path);
    return may;
  };
}

function mayMatchBelow(
  pattern: string,
  options: { ignoreCase: boolean; option: string },
): (path: string) => boolean {
  const parts = posix
    .normalize(pattern)
    .split('/')
    .filter((part) => part !== '');
  // One that does not begin at the root may match at any depth.
  if (!pattern.startsWith('/') || parts.length === 0) return () => true;
  const wildcard = parts.indexOf('**');
  const fixed = wildcard < 0 ? parts : parts.slice(0, wildcard);
  /** For each depth, the pattern cut off there. */
  const cut = fixed.map((_part, at) => parseExcludes([`/${fixed.slice(0, at + 1).join('/')}`], options));
  return (path) => {
    const depth = Math.min(path.split('/').filter((name) => name !== '').length, fixed.length);
    const prefix = cut[depth - 1];
    return prefix === undefined || prefix(path);
  };
}
