import { describe, expect, it } from 'vitest';
import { parseRoute } from './route.ts';

const name = 'ab'.repeat(32);

describe('parseRoute', () => {
  it.each([
    ['/probe', { kind: 'probe' }],
    ['/healthz', { kind: 'healthz' }],
    ['/metrics', { kind: 'metrics' }],
    ['/repo/', { kind: 'repository', repository: 'repo', create: null }],
    ['/repo/?create=true', { kind: 'repository', repository: 'repo', create: 'true' }],
    ['/repo/config', { kind: 'file', file: { repository: 'repo', kind: 'config', name: 'config' } }],
    ['/repo/data/', { kind: 'list', repository: 'repo', fileKind: 'data' }],
    [`/repo/locks/${name}`, { kind: 'file', file: { repository: 'repo', kind: 'locks', name } }],
  ])('%s', (target, route) => {
    expect(parseRoute(target)).toEqual(route);
  });

  it.each([
    '',
    'repo/',
    '/',
    '/repo',
    '/repo/data',
    '/repo/other/',
    `/repo/data/ab/${name}`,
    '*',
    'http://x/repo/',
  ])('"%s" is nothing', (target) => {
    expect(['unknown', 'bad-name']).toContain(parseRoute(target).kind);
    expect(parseRoute(target)).not.toHaveProperty('file');
  });

  it.each([
    '/repo/data/../../etc',
    '/../repo/config',
    '/repo/../other/config',
    '/repo/./config',
    '/repo/data/%2e%2e',
    `/repo/data/..%2f${name}`,
    '/repo%2f..%2f/config',
    '/repo/data\\..\\x',
    '/repo/data/config',
    `/repo/data/${name.toUpperCase()}`,
    `/repo/data/${name}0`,
    `/repo/data/${name.slice(1)}`,
    `/repo/data/${name}%00`,
    '/.hidden/config',
    '/node.json/config',
    '/-x/config',
    '/probe/config',
    '/healthz/data/',
    '/metrics/',
    `/${'r'.repeat(65)}/config`,
    '//config',
  ])('%s is a bad name', (target) => {
    expect(parseRoute(target)).toMatchObject({ kind: 'bad-name' });
  });
});
