import { describe, expect, it } from 'vitest';
import { parseExcludes } from './exclude-patterns.ts';

describe('parseExcludes', () => {
  it.each<[string, string, boolean]>([
    // Without a slash in front: at any depth, and everything below.
    ['*.tmp', '/a/b/c.tmp', true],
    ['*.tmp', '/a/b.tmp/c', true],
    ['*.tmp', '/a/b/c.tmpx', false],
    ['cache', '/a/cache', true],
    ['cache', '/a/cache/file', true],
    ['cache', '/a/mycache', false],
    ['a/b', '/x/a/b/c', true],
    ['a/b', '/x/a/c/b', false],
    // With one: from the top only.
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/b/c', true],
    ['/a/b', '/x/a/b', false],
    ['/a/*', '/a/x', true],
    ['/a/*', '/a', false],
    ['/a/', '/a', true],
    ['/a/../b', '/b/c', true],
    // ** spans any number of folders, none too.
    ['/a/**/z', '/a/z', true],
    ['/a/**/z', '/a/b/c/z', true],
    ['/a/**/z', '/b/z', false],
    ['**/z', '/x/y/z', true],
    ['/a/**', '/a/b', true],
    ['/a/**', '/a', true],
    ['a/**/*.o', '/src/a/b/c/x.o', true],
    // Several: each leaves room for a folder for each later one, as in restic.
    ['/**/y/**/z', '/a/y/z', false],
    ['/**/y/**/z', '/y/z', false],
    ['/**/y/**/z', '/y/b/z', true],
    ['/**/y/**/z', '/y/z/c', true],
    ['/**/y/**/z', '/a/y/b/z', true],
    ['/**/y/**/z', '/a/y/z/c', true],
    ['y/**/z', '/a/b/y/z', true],
    ['**/y/**/z', '/a/y/z', true],
    ['y/**/a/**/z', '/y/b/a/z', true],
    ['/y/**/a/**/z', '/y/b/a/z', false],
    // Characters.
    ['fil?', '/file', true],
    ['fil?', '/fil', false],
    ['?', '/😀', true],
    ['?', '/\udcff', true],
    ['[a-c]x', '/bx', true],
    ['[^a-c]x', '/bx', false],
    ['[^a-c]x', '/dx', true],
    ['\\*', '/*', true],
    ['\\*', '/a', false],
    ['a*b*c', '/aXbYbZc', true],
    ['[\\]]', '/]', true],
    ['/', '/anything', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(parseExcludes([pattern])(path)).toBe(expected);
  });

  it('takes back with ! what an earlier pattern excluded', () => {
    const isExcluded = parseExcludes(['*.log', '!important.log', '']);
    expect(isExcluded('/a/x.log')).toBe(true);
    expect(isExcluded('/a/important.log')).toBe(false);
    expect(parseExcludes(['!a', 'a'])('/a')).toBe(true);
  });

  it('excludes nothing without patterns', () => {
    expect(parseExcludes([])('/a')).toBe(false);
  });

  it.each(['[', '[]', '[a-', '[a', 'a\\', '[-a]', 'ok/[z'])('refuses %s, naming it', (pattern) => {
    expect(() => parseExcludes([pattern])).toThrow(`"${pattern}"`);
  });

  it('answers a pattern made to take long at once', () => {
    expect(parseExcludes([`${'*a'.repeat(60)}b`])(`/${'a'.repeat(250)}`)).toBe(false);
  });
});
