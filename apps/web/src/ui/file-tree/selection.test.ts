import { describe, expect, it } from 'vitest';
import { basketTick, toggleInBasket } from './basket.ts';
import { escapePattern, literalPath, type Selection, tickOf, toggle } from './selection.ts';

const tree: Record<string, string[]> = {
  '/': ['etc', 'srv', 'srv2'],
  '/srv': ['www', 'db', 'cache'],
  '/srv/db': ['a', 'b'],
};
const childrenOf = (folder: string) => tree[folder] ?? null;
const none: Selection = { paths: [], excludes: [] };

describe('tickOf', () => {
  it('does not take a name that only begins alike for a child', () => {
    const selection = { paths: ['/srv'], excludes: [] };
    expect(tickOf(selection, '/srv2')).toBe('unticked');
    expect(tickOf(selection, '/srv/www')).toBe('ticked');
    expect(tickOf(selection, '/')).toBe('mixed');
  });

  it('is mixed above an exclude, unticked at and below it', () => {
    const selection = { paths: ['/srv'], excludes: ['/srv/db', '*.tmp'] };
    expect(tickOf(selection, '/srv')).toBe('mixed');
    expect(tickOf(selection, '/srv/db')).toBe('unticked');
    expect(tickOf(selection, '/srv/db/a')).toBe('unticked');
    expect(tickOf(selection, '/')).toBe('mixed');
  });
});

describe('toggle', () => {
  it('swallows what was ticked below', () => {
    const below = toggle(toggle(none, '/srv/db', childrenOf), '/etc', childrenOf);
    expect(toggle(below, '/srv', childrenOf)).toEqual({ paths: ['/etc', '/srv'], excludes: [] });
  });

  it('makes an exclude of what is taken out of a ticked folder, and takes it back', () => {
    const without = toggle({ paths: ['/srv'], excludes: ['*.tmp'] }, '/srv/cache', childrenOf);
    expect(without).toEqual({ paths: ['/srv'], excludes: ['*.tmp', '/srv/cache'] });
    expect(toggle(without, '/srv/cache', childrenOf)).toEqual({ paths: ['/srv'], excludes: ['*.tmp'] });
  });

  it('forgets excludes below a folder that is unticked', () => {
    expect(toggle({ paths: ['/srv'], excludes: ['/srv/db', '*.tmp'] }, '/srv', childrenOf)).toEqual({
      paths: ['/srv'],
      excludes: ['*.tmp'],
    });
    expect(toggle({ paths: ['/srv'], excludes: [] }, '/srv', childrenOf)).toEqual(none);
  });

  it('ticking one file of an excluded folder leaves the other files excluded', () => {
    const next = toggle({ paths: ['/srv'], excludes: ['/srv/db'] }, '/srv/db/a', childrenOf);
    expect(next).toEqual({ paths: ['/srv'], excludes: ['/srv/db/b'] });
    expect(tickOf(next, '/srv/db/a')).toBe('ticked');
    expect(tickOf(next, '/srv/db/b')).toBe('unticked');
  });

  it('keeps a path with wildcard characters literal', () => {
    const odd = '/srv/[a]*?\\x';
    const next = toggle({ paths: ['/srv'], excludes: [] }, odd, childrenOf);
    expect(next.excludes).toEqual(['/srv/\\[a\\]\\*\\?\\\\x']);
    expect(tickOf(next, odd)).toBe('unticked');
    expect(toggle(next, odd, childrenOf).excludes).toEqual([]);
  });
});

describe('literalPath', () => {
  it('is null for patterns', () => {
    expect(literalPath('*.tmp')).toBeNull();
    expect(literalPath('/srv/*')).toBeNull();
    expect(literalPath('/srv/a?')).toBeNull();
    expect(literalPath(escapePattern('/a*b'))).toBe('/a*b');
  });
});

describe('basket', () => {
  it('replaces a folder by its siblings when one thing leaves it', () => {
    expect(toggleInBasket(['/srv'], '/srv/db/a', childrenOf)).toEqual([
      '/srv/www',
      '/srv/cache',
      '/srv/db/b',
    ]);
  });

  it('stays as it is when the names on the way are unknown', () => {
    expect(toggleInBasket(['/srv'], '/srv/www/x', childrenOf)).toEqual(['/srv']);
  });

  it('takes a folder in place of what was chosen below', () => {
    expect(toggleInBasket(['/srv/db', '/etc'], '/srv', childrenOf)).toEqual(['/etc', '/srv']);
    expect(basketTick(['/srv/db'], '/srv')).toBe('mixed');
    expect(basketTick(['/srv/db'], '/srv/db/a')).toBe('ticked');
    expect(basketTick(['/srv/db'], '/srv2')).toBe('unticked');
  });
});
