import { describe, expect, it } from 'vitest';
import { isBelow, isWithin, joinPath, lineage, nameOf, parentOf, tidyPath, visibleName } from './paths.ts';

describe('paths', () => {
  it('know the root', () => {
    expect(joinPath('/', 'etc')).toBe('/etc');
    expect(joinPath('/etc', 'ssh')).toBe('/etc/ssh');
    expect([parentOf('/'), parentOf('/etc'), parentOf('/etc/ssh')]).toEqual([null, '/', '/etc']);
    expect([nameOf('/'), nameOf('/etc/ssh')]).toEqual(['/', 'ssh']);
    expect(lineage('/a/b')).toEqual(['/', '/a', '/a/b']);
    expect(lineage('/')).toEqual(['/']);
  });

  it('do not take a longer name for a child', () => {
    expect(isWithin('/srv2', '/srv')).toBe(false);
    expect(isWithin('/srv', '/srv')).toBe(true);
    expect(isBelow('/srv', '/srv')).toBe(false);
    expect(isBelow('/srv', '/')).toBe(true);
  });

  it('are tidied as typed', () => {
    expect(tidyPath('  //srv///data/ ')).toBe('/srv/data');
    expect(tidyPath('/')).toBe('/');
    expect(tidyPath('srv')).toBeNull();
  });

  it('show what would not be seen', () => {
    expect(visibleName('a\nb\t\x7f é🎉')).toBe('a␊b␉␡ é🎉');
  });
});
