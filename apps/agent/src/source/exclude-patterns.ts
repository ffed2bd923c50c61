import { posix } from 'node:path';
import { Failure } from '@breakwater/domain/failure';
import { type GlobPart, matchesGlobPart, parseGlobPart } from './glob-part.ts';

type PatternPart = { kind: 'text'; text: string } | { kind: 'glob'; glob: GlobPart } | { kind: 'any-depth' };

interface Pattern {
  negated: boolean;
  parts: PatternPart[];
}

/** Says of an absolute path (as a raw string, see restic-format's raw-string) whether a backup leaves it out. */
export type IsExcluded = (path: string) => boolean;

/**
 * Patterns with the meaning of `restic --exclude`: one without a leading slash matches at any depth, `**` spans
 * folders, and a leading `!` takes back what an earlier pattern excluded. A folder that is excluded is not
 * entered. Throws `invalid-request` naming a malformed pattern.
 */
export function parseExcludes(patterns: readonly string[]): IsExcluded {
  const parsed = patterns.filter((pattern) => pattern !== '').map(parsePattern);
  if (parsed.length === 0) return () => false;
  return (path) => {
    const names = splitPath(path);
    let excluded = false;
    for (const pattern of parsed) {
      if (excluded === pattern.negated && matches(pattern.parts, names)) excluded = !pattern.negated;
    }
    return excluded;
  };
}

function parsePattern(text: string): Pattern {
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  const cleaned = posix.normalize(body === '' ? '.' : body);
  const parts = splitPath(cleaned.length > 1 ? cleaned.replace(/\/$/, '') : cleaned).map(
    (part): PatternPart => {
      if (part === '**') return { kind: 'any-depth' };
      if (!/[\\[\]*?]/.test(part)) return { kind: 'text', text: part };
      const glob = parseGlobPart(part);
      if (glob === null) {
        throw new Failure(
          'invalid-request',
          `The exclude pattern "${text}" is malformed: expected names with *, ?, [a-z], ** or \\ before a special character`,
        );
      }
      return { kind: 'glob', glob };
    },
  );
  return { negated, parts };
}

/** An absolute path's first component is "/", which only a pattern that begins with a slash can match. */
function splitPath(path: string): string[] {
  const parts = path.split('/');
  if (parts[0] === '') parts[0] = '/';
  return parts.length === 2 && parts[0] === '/' && parts[1] === '' ? ['/'] : parts;
}

function matches(parts: readonly PatternPart[], names: readonly string[]): boolean {
  const wildcard = parts.findIndex((part) => part.kind === 'any-depth');
  if (wildcard >= 0) return matchesAnyDepth(parts, wildcard, names);
  if (parts.length > names.length) return false;
  const first = parts[0];
  const rooted = first?.kind === 'text' && first.text === '/';
  const lowest = !rooted && names[0] === '/' ? 1 : 0;
  // Every offset counts, not only the last: `foo` excludes what lies below a folder named foo, too.
  for (let offset = rooted ? 0 : names.length - parts.length; offset >= lowest; offset--) {
    if (parts.every((part, at) => matchesPart(part, names[offset + at] as string))) return true;
  }
  return false;
}

const ONE_NAME: PatternPart = { kind: 'glob', glob: parseGlobPart('*') ?? [] };

/** Tries `**` as no folder, one folder, two… */
function matchesAnyDepth(parts: readonly PatternPart[], wildcard: number, names: readonly string[]): boolean {
  const before = parts.slice(0, wildcard);
  const after = parts.slice(wildcard + 1);
  for (let depth = 0; depth <= names.length - parts.length + 1; depth++) {
    const expanded = [...before, ...Array.from({ length: depth }, () => ONE_NAME), ...after];
    if (expanded.length > 0 && matches(expanded, names)) return true;
  }
  return false;
}

function matchesPart(part: PatternPart, name: string): boolean {
  if (part.kind === 'text') return part.text === name;
  return part.kind === 'glob' && matchesGlobPart(part.glob, name);
}
