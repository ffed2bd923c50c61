import { posix } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { foldCase } from './fold-case.ts';
import { type GlobPart, matchesGlobPart, parseGlobPart } from './glob-part.ts';

type PatternPart = { kind: 'text'; text: string } | { kind: 'glob'; glob: GlobPart } | { kind: 'any-depth' };

interface Pattern {
  negated: boolean;
  /** The pattern begins with a slash. */
  rooted: boolean;
  /** Without the slash in front. */
  parts: PatternPart[];
  /** How many of the parts are `**`. */
  anyDepths: number;
}

/** Says of an absolute path (as a raw string, see restic-format's raw-string) whether a backup leaves it out. */
export type IsExcluded = (path: string) => boolean;

export interface ExcludeOptions {
  /** As `--iexclude`: case does not matter. */
  ignoreCase?: boolean;
  /** Where the patterns come from, for the failure. */
  option?: string;
}

/**
 * Patterns with the meaning of `restic --exclude` (restic, doc/040_backup.rst and internal/filter): one without a
 * leading slash matches at any depth, `**` spans folders, and a leading `!` takes back what an earlier pattern of
 * this list excluded. What lies below a match is excluded as well. Throws `invalid-request` naming a malformed
 * pattern.
 */
export function parseExcludes(patterns: readonly string[], options: ExcludeOptions = {}): IsExcluded {
  const { ignoreCase = false, option = '--exclude' } = options;
  const parsed = patterns
    .filter((pattern) => pattern !== '')
    .map((pattern) => parsePattern(pattern, ignoreCase, option));
  if (parsed.length === 0) return () => false;
  return (path) => {
    const names = pathNames(ignoreCase ? foldCase(path) : path);
    let excluded = false;
    for (const pattern of parsed) {
      if (excluded === pattern.negated && matches(pattern, names)) excluded = !pattern.negated;
    }
    return excluded;
  };
}

function parsePattern(given: string, ignoreCase: boolean, option: string): Pattern {
  const text = ignoreCase ? foldCase(given) : given;
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  const cleaned = posix.normalize(body === '' ? '.' : body);
  const rooted = cleaned.startsWith('/');
  const parts = pathNames(cleaned).map((part): PatternPart => {
    if (part === '**') return { kind: 'any-depth' };
    if (!/[\\[\]*?]/.test(part)) return { kind: 'text', text: part };
    const glob = parseGlobPart(part);
    if (glob === null) {
      throw new Failure(
        'invalid-request',
        `${option}: the pattern "${given}" is malformed: expected names with *, ?, [a-z], ** or \\ before a special character`,
      );
    }
    return { kind: 'glob', glob };
  });
  return { negated, rooted, parts, anyDepths: parts.filter(({ kind }) => kind === 'any-depth').length };
}

function pathNames(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/**
 * Whether the pattern covers a run of the path's names: from the top if it is rooted, else from anywhere. Where it has
 * several `**`, restic lets each span only so many folders that every later one could still span one, even if that
 * then spans none; so it is here.
 */
function matches(pattern: Pattern, names: readonly string[]): boolean {
  const { rooted, parts, anyDepths } = pattern;
  // "/" and "/**" cover all there is; "**" all but the root itself.
  if (parts.length === anyDepths) {
    return (rooted || names.length > 0) && anyDepths <= names.length + (rooted ? 1 : 2);
  }
  if (rooted) return matchesFrom(pattern, names, 0);
  // Every start counts, not only the last: `foo` excludes what lies below a folder named foo, too.
  for (let start = names.length - 1; start >= 0; start--) {
    if (matchesFrom(pattern, names, start)) return true;
  }
  return false;
}

function matchesFrom(
  { rooted, parts, anyDepths }: Pattern,
  names: readonly string[],
  start: number,
): boolean {
  // What all `**` may span together; the slash in front is a name, too, where a pattern may begin anywhere.
  const room = names.length + (rooted ? 0 : 1) - (parts.length - anyDepths);
  let at = start;
  let part = 0;
  let retryPart = -1;
  let retryAt = 0;
  let begun = 0;
  for (;;) {
    const current = parts[part];
    // What is left of the path lies below the match.
    if (current === undefined) return true;
    if (current.kind === 'any-depth') {
      const spanned = at - start - (part - begun);
      if (begun > 0 && spanned > room - (anyDepths - begun)) return false;
      begun += 1;
      part += 1;
      retryPart = part;
      retryAt = at;
    } else if (at < names.length && matchesPart(current, names[at] as string)) {
      part += 1;
      at += 1;
    } else if (retryPart >= 0 && retryAt < names.length) {
      // Let the last ** take one name more; earlier ones need no second try.
      retryAt += 1;
      at = retryAt;
      part = retryPart;
    } else {
      return false;
    }
  }
}

function matchesPart(part: PatternPart, name: string): boolean {
  if (part.kind === 'text') return part.text === name;
  return part.kind === 'glob' && matchesGlobPart(part.glob, name);
}
